// The mutators of the fourth set.
const AIR_WORDS = {'Track no.': 'Track ID', 'Title': 'Song title', 'Artist': 'Performer', 'Length': 'Duration', 'Plays': 'Play count', 'Host': 'Presenter', 'Slot': 'Time slot', 'Listener': 'Listener name', 'Suggest': 'Send suggestion', 'Queue': 'Add to queue', 'Tracks': 'All tracks', 'Suggest a track': 'Suggest a song'};
const TRIMMED = {'Track no.': 'No.', 'Suggest': 'Suggest now', 'Queue': 'Queue track', 'Listener': 'Listener *', 'Length': 'Length (min)', 'Tracks': 'Our tracks'};
const PORTUGUESE = {'Tracks': 'Faixas', 'Suggest a track': 'Sugerir uma faixa', 'Track no.': 'Faixa n.º', 'Title': 'Título', 'Artist': 'Artista', 'Length': 'Duração', 'Plays': 'Reproduções', 'Host': 'Apresentador', 'Slot': 'Horário', 'Listener': 'Ouvinte', 'Suggest': 'Sugerir', 'Queue': 'Pôr na fila'};
const GERMAN_AIR = {'Tracks': 'Titel im Programm', 'Suggest a track': 'Titel vorschlagen', 'Track no.': 'Titel-Nr.', 'Title': 'Titel', 'Artist': 'Interpret', 'Length': 'Länge', 'Plays': 'Gespielt', 'Host': 'Moderation', 'Slot': 'Sendeplatz', 'Listener': 'Hörer', 'Suggest': 'Vorschlagen', 'Queue': 'Einreihen'};
Object.assign(M, {
  air_words(root) { relabel(root, AIR_WORDS, '__air'); },
  trimmed(root) { relabel(root, TRIMMED, '__trim'); },
  portuguese(root) { document.documentElement.lang = 'pt'; relabel(root, PORTUGUESE, '__pt'); },
  german_air(root) { document.documentElement.lang = 'de'; relabel(root, GERMAN_AIR, '__dea'); },
  new_brand(root) { document.title = 'Bay Radio'; for (const n of fresh(root, 'header', 'brand')) n.prepend(make('strong', {}, 'Bay Radio ')); },
});
