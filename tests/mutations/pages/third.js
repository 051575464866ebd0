// The third set of mutators: written after names were compared by what is known, never tuned on before its first figures.
const HONEST_WORDS = {'Plot no.': 'Plot number', 'Gardener': 'Plot holder', 'Size': 'Area', 'Water (m³)': 'Water used (m³)', 'Rent': 'Yearly rent', 'Since': 'Gardening since', 'Extend': 'Extend lease', 'Crop': 'Produce', 'Amount': 'Quantity', 'Unit': 'Unit of measure', 'Pick-up day': 'Collection day', 'Offer it': 'Post offer', 'Plots': 'Our plots', 'Offer produce': 'Share produce'};
const SHORT_WORDS = {'Plot no.': 'Plot', 'Gardener': 'Gard.', 'Water (m³)': 'Water', 'Pick-up day': 'Day', 'Amount': 'Amt', 'Offer it': 'Offer'};
const ITALIAN = {'Plots': 'Lotti', 'Offer produce': 'Offri prodotti', 'Plot no.': 'Lotto n.', 'Gardener': 'Ortolano', 'Size': 'Superficie', 'Water (m³)': 'Acqua (m³)', 'Rent': 'Affitto', 'Since': 'Dal', 'Extend': 'Prolunga', 'Crop': 'Ortaggio', 'Amount': 'Quantità', 'Unit': 'Unità', 'Pick-up day': 'Giorno di ritiro', 'Offer it': 'Offri'};
const FRENCH = {'Plots': 'Parcelles', 'Offer produce': 'Offrir des produits', 'Plot no.': 'Parcelle n°', 'Gardener': 'Jardinier', 'Size': 'Surface', 'Water (m³)': 'Eau (m³)', 'Rent': 'Loyer', 'Since': 'Depuis', 'Extend': 'Prolonger', 'Crop': 'Culture', 'Amount': 'Quantité', 'Unit': 'Unité', 'Pick-up day': 'Jour de retrait', 'Offer it': 'Proposer'};
Object.assign(M, {
  honest_words(root) { relabel(root, HONEST_WORDS, '__honest'); },
  short_words(root) { relabel(root, SHORT_WORDS, '__short3'); },
  italian(root) { document.documentElement.lang = 'it'; relabel(root, ITALIAN, '__it'); },
  french(root) { document.documentElement.lang = 'fr'; relabel(root, FRENCH, '__fr'); },
  shortcuts(root) { for (const b of fresh(root, 'button', 'keys')) if (b.textContent.trim()) b.append(pick([' (Ctrl+S)', ' →', ' ›'])); },
  plus_signs(root) { for (const b of fresh(root, 'button', 'plus')) if (b.textContent.trim()) b.prepend(pick(['✓ ', '+ ', '💾 '])); },
  units_in_labels(root) { for (const e of fresh(root, 'label', 'aside')) e.append(pick([' (required)', ' (optional)', ' *'])); },
});
