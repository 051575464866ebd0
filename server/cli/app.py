"""The commands. Each translates between a person and the service; none decides anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from podium.server.cli.output import parse_pairs

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    help="Turn a sentence into a working web agent, and run it.",
)
schedules_app = typer.Typer(help="What runs by itself.")
triggers_app = typer.Typer(help="What starts agents beside the clock.")
destinations_app = typer.Typer(help="Where messages about runs go.")
agents_app = typer.Typer(no_args_is_help=True, help="The agents of the workspace.")
runs_app = typer.Typer(no_args_is_help=True, help="Runs: list, show, resume, cancel.")
datasets_app = typer.Typer(no_args_is_help=True, help="The tables that agents fill.")
secret_app = typer.Typer(no_args_is_help=True, help="Credentials, encrypted at rest.")
app.add_typer(agents_app, name="agents")
app.add_typer(runs_app, name="runs")
app.add_typer(datasets_app, name="datasets")
app.add_typer(secret_app, name="secret")
app.add_typer(schedules_app, name="schedules")
app.add_typer(triggers_app, name="triggers")
app.add_typer(destinations_app, name="destinations")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on stdout.")]
Answers = Annotated[
    Optional[list[str]],  # noqa: UP045  Typer reads the annotation at run time
    typer.Option("--answer", metavar="NAME=VALUE", help="Answer a question by its field name."),
]


# -- Conversation ----------------------------------------------------------------------------------


@app.command()
def chat(
    text: Annotated[str, typer.Argument(help="What you want, in your own words.")],
    thread: Annotated[Optional[str], typer.Option(help="Go on in this thread.")] = None,  # noqa: UP045
    yes: Annotated[
        bool, typer.Option("--yes", help="Approve the plan, the test and the deployment.")
    ] = False,
    answer: Answers = None,
    as_json: Json = False,
) -> None:
    """Say what you want; get a plan, questions, and in the end a deployed agent."""
    from podium.server.cli import talking

    given = parse_pairs(answer or [], option="--answer")
    raise typer.Exit(talking.chat(text, thread, approve_all=yes, given=given, as_json=as_json))


@app.command()
def answer(
    thread: Annotated[str, typer.Argument(help="The thread that waits, from `podium inbox`.")],
    approve: Annotated[bool, typer.Option("--approve", help="Approve what is shown.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="Reject what is shown.")] = False,
    edit: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(help="A file with an edited plan document, or with the change in words."),
    ] = None,
    given: Answers = None,
    as_json: Json = False,
) -> None:
    """Answer what a thread waits for, from any process, also after a restart."""
    from podium.server.cli import talking

    values = parse_pairs(given or [], option="--answer")
    decision = talking.decision(values, approve=approve, reject=reject, edit=edit)
    raise typer.Exit(talking.answer(thread, decision, as_json=as_json))


@app.command()
def record(
    url: Annotated[str, typer.Argument(help="Where the showing begins.")],
    name: Annotated[str, typer.Option(help="Keep what was shown as an agent of that name.")] = "",
    deploy: Annotated[bool, typer.Option("--deploy", help="Deploy that agent at once.")] = False,
    origin: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(metavar="URL", help="A further site that may be visited."),
    ] = None,
    headless: Annotated[
        bool, typer.Option("--headless", help="No window: show it through the DevTools address.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show the steps once in a browser; they become a program. Passwords are never kept."""
    from podium.server.cli import recording
    from podium.server.recording import Showing

    showing = Showing(url=url, origins=tuple(origin or ()))
    options = recording.RecordOptions(name=name, deploy=deploy, headless=headless, as_json=as_json)
    raise typer.Exit(recording.record(showing, options))


@app.command()
def understand(
    text: Annotated[str, typer.Argument(help="A request.")],
    as_json: Json = False,
) -> None:
    """Show what is read in a request, starting nothing."""
    from podium.server.cli import talking

    raise typer.Exit(talking.understand(text, as_json=as_json))


@app.command()
def resume(
    thread: Annotated[str, typer.Argument(help="The thread, from `podium threads`.")],
    as_json: Json = False,
) -> None:
    """Follow work that is under way, and go on with it when its process is gone."""
    from podium.server.cli import talking

    raise typer.Exit(talking.resume(thread, as_json=as_json))


@app.command()
def threads(limit: int = 20, as_json: Json = False) -> None:
    """List conversations, newest first; those whose process is gone are `interrupted`."""
    from podium.server.cli import waiting

    raise typer.Exit(waiting.threads(limit, as_json=as_json))


@app.command()
def inbox(as_json: Json = False) -> None:
    """List the questions that wait for a person, and work that was cut short."""
    from podium.server.cli import waiting

    raise typer.Exit(waiting.inbox(as_json=as_json))


# -- Agents ----------------------------------------------------------------------------------------


@agents_app.command("list")
def agents_list(
    deleted: Annotated[
        bool, typer.Option("--deleted", help="Those that can be brought back.")
    ] = False,
    as_json: Json = False,
) -> None:
    """List the agents."""
    from podium.server.cli import listings

    raise typer.Exit(
        listings.deleted(as_json=as_json) if deleted else listings.agents(as_json=as_json)
    )


@agents_app.command("show")
def agents_show(
    name: str,
    document: Annotated[
        bool, typer.Option("--document", help="As one YAML document, for `agents edit`.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Show one agent: goal, sites, steps, schedule, last runs."""
    if document:
        from podium.server.cli import editing

        raise typer.Exit(editing.document(name, as_json=as_json))
    from podium.server.cli import listings

    raise typer.Exit(listings.agent(name, as_json=as_json))


@agents_app.command("edit")
def agents_edit(
    name: str,
    file: Annotated[
        Path, typer.Option("--file", help="The changed document of `agents show NAME --document`.")
    ],
    yes: Annotated[
        bool, typer.Option("--yes", help="Approve the change, its test and its deployment.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Change an agent by its edited document: the diff is shown, compiled steps that stay valid are kept."""
    from podium.server.cli import editing

    raise typer.Exit(editing.edit(name, file, yes=yes, as_json=as_json))


@agents_app.command("export")
def agents_export(
    name: str,
    file: Annotated[Optional[Path], typer.Option("--file", help="Default: stdout.")] = None,  # noqa: UP045
) -> None:
    """Write the agent as one JSON document, secrets by name only."""
    from podium.server.cli import listings

    raise typer.Exit(listings.export(name, file))


@agents_app.command("import")
def agents_import(file: Path, as_json: Json = False) -> None:
    """Add an agent from an exported document, as a draft."""
    from podium.server.cli import listings

    raise typer.Exit(listings.import_(file, as_json=as_json))


@agents_app.command("delete")
def agents_delete(
    name: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Json = False,
) -> None:
    """Delete an agent; its runs, tables and files stay, and it can be restored."""
    from podium.server.cli import listings

    raise typer.Exit(listings.delete(name, sure=yes, as_json=as_json))


@agents_app.command("restore")
def agents_restore(
    name: Annotated[str, typer.Argument(help="Name or id, from `podium agents list --deleted`.")],
    new: Annotated[str, typer.Option("--as", help="Another name, when it was given away.")] = "",
    as_json: Json = False,
) -> None:
    """Bring a deleted agent back, with its versions and schedule."""
    from podium.server.cli import listings

    raise typer.Exit(listings.restore(name, new, as_json=as_json))


@agents_app.command("rename")
def agents_rename(name: str, new: str, as_json: Json = False) -> None:
    """Give an agent another name; runs, schedule, memory and files follow."""
    from podium.server.cli import listings

    raise typer.Exit(listings.rename(name, new, as_json=as_json))


@agents_app.command("rollback")
def agents_rollback(
    name: str,
    to: Annotated[Optional[int], typer.Option(help="Default: the version before.")] = None,  # noqa: UP045
    as_json: Json = False,
) -> None:
    """Make an earlier version the active one; runs under way keep theirs."""
    from podium.server.cli import listings

    raise typer.Exit(listings.rollback(name, to, as_json=as_json))


@agents_app.command("pause")
def agents_pause(name: str, as_json: Json = False) -> None:
    """Pause an agent: it runs neither by schedule nor when asked."""
    from podium.server.cli import listings

    raise typer.Exit(listings.set_state(name, "paused", as_json=as_json))


@agents_app.command("resume")
def agents_resume(name: str, as_json: Json = False) -> None:
    """Deploy a paused or imported agent (again)."""
    from podium.server.cli import listings

    raise typer.Exit(listings.set_state(name, "deployed", as_json=as_json))


@app.command()
def versions(name: str, as_json: Json = False) -> None:
    """List an agent's versions with their reasons."""
    from podium.server.cli import listings

    raise typer.Exit(listings.versions(name, as_json=as_json))


@app.command()
def diff(
    name: str,
    v1: Annotated[Optional[int], typer.Argument(help="Default: the version before.")] = None,  # noqa: UP045
    v2: Annotated[Optional[int], typer.Argument(help="Default: the newest.")] = None,  # noqa: UP045
    as_json: Json = False,
) -> None:
    """Show what changed between two versions: plan, spec, program, and which steps are the same."""
    from podium.server.cli import listings

    raise typer.Exit(listings.diff(name, v1, v2, as_json=as_json))


@app.command()
def why(
    name: str,
    run: Annotated[str, typer.Option(help="Default: the last run that failed.")] = "",
    as_json: Json = False,
) -> None:
    """Say why an agent's run failed: step, expected and seen, what changed since the last good run."""
    from podium.server.cli import listings

    raise typer.Exit(listings.why(name, run, as_json=as_json))


@app.command()
def graph(
    name: str,
    version: Annotated[Optional[int], typer.Option(help="Default: the active one.")] = None,  # noqa: UP045
    as_json: Json = False,
) -> None:
    """Draw an agent's graph as Mermaid text."""
    from podium.server.cli import drawing

    raise typer.Exit(drawing.graph(name, version, as_json=as_json))


# -- Runs ------------------------------------------------------------------------------------------


@app.command()
def run(
    name: str,
    inputs: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option("--input", metavar="NAME=VALUE", help="An input of the agent."),
    ] = None,
    version: Annotated[Optional[int], typer.Option(help="Default: the active one.")] = None,  # noqa: UP045
    dedupe_key: Annotated[
        str, typer.Option(help="Run once for this key, however often it is asked for.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Run an agent and wait for its outcome."""
    from podium.server.cli import running

    values = parse_pairs(inputs or [], option="--input")
    raise typer.Exit(running.run(name, values, version, dedupe_key=dedupe_key, as_json=as_json))


@runs_app.command("list")
def runs_list(
    agent: Annotated[Optional[str], typer.Option(help="Only of this agent.")] = None,  # noqa: UP045
    limit: int = 20,
    as_json: Json = False,
) -> None:
    """List runs, newest first."""
    from podium.server.cli import listings

    raise typer.Exit(listings.runs(agent, limit, as_json=as_json))


@runs_app.command("show")
def runs_show(run_id: str, as_json: Json = False) -> None:
    """Show one run with its steps and files."""
    from podium.server.cli import listings

    raise typer.Exit(listings.run(run_id, as_json=as_json))


@runs_app.command("resume")
def runs_resume(
    run_id: Annotated[str, typer.Argument(help="Empty: those that can be gone on with.")] = "",
    as_json: Json = False,
) -> None:
    """Go on with a run whose process died, or that failed; without an id, list which there are."""
    from podium.server.cli import running

    if not run_id:
        raise typer.Exit(running.resumable(as_json=as_json))
    raise typer.Exit(running.resume(run_id, as_json=as_json))


@runs_app.command("fork")
def runs_fork(
    run_id: str,
    step: Annotated[str, typer.Option("--from", help="Id of the step, from `podium runs show`.")],
    repeat_writes: Annotated[
        bool, typer.Option("--repeat-writes", help="Do again what the run wrote after that step.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Run again from a step on, as a run of its own; nothing is written twice unless asked."""
    from podium.server.cli import running

    raise typer.Exit(running.fork(run_id, step, repeat_writes=repeat_writes, as_json=as_json))


@runs_app.command("cancel")
def runs_cancel(run_id: str, as_json: Json = False) -> None:
    """End a run that is queued, under way or waiting."""
    from podium.server.cli import running

    raise typer.Exit(running.cancel(run_id, as_json=as_json))


# -- Tables ----------------------------------------------------------------------------------------


@datasets_app.command("list")
def datasets_list(as_json: Json = False) -> None:
    """List the tables with their number of rows."""
    from podium.server.cli import tables

    raise typer.Exit(tables.listing(as_json=as_json))


@datasets_app.command("show")
def datasets_show(name: str, limit: int = 20, as_json: Json = False) -> None:
    """Show a table's first rows."""
    from podium.server.cli import tables

    raise typer.Exit(tables.show(name, limit, as_json=as_json))


@datasets_app.command("export")
def datasets_export(name: str, file: Path, as_json: Json = False) -> None:
    """Write a table to a .csv or .json file."""
    from podium.server.cli import tables

    raise typer.Exit(tables.export(name, file, as_json=as_json))


# -- Schedules and secrets -------------------------------------------------------------------------


@app.command()
def schedule(
    name: str,
    when: Annotated[str, typer.Argument(help="Words (`every weekday at 8`) or a cron expression.")],
    timezone: Annotated[Optional[str], typer.Option(help="IANA zone.")] = None,  # noqa: UP045
    missed: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(help="After downtime: `skip`, `latest` (default) or `all`, up to --cap."),
    ] = None,
    overlap: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            help="While the run before is unfinished: `skip` (default), `queue` or `cancel_previous`."
        ),
    ] = None,
    cap: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Most runs that are made up for or wait (10)."),
    ] = None,
    exclusive: Annotated[
        Optional[bool],  # noqa: UP045
        typer.Option(
            "--exclusive/--shared", help="Wait while another agent uses the same credential."
        ),
    ] = None,
    pause_after: Annotated[
        Optional[int],  # noqa: UP045
        typer.Option(help="Pause and ask after so many failed runs in a row (5; 0: never)."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Let an agent run by itself; shows the next five times."""
    from podium.server.cli import scheduling

    policies: dict[str, str | int | bool | None] = {
        "missed": missed,
        "overlap": overlap,
        "cap": cap,
        "exclusive": exclusive,
        "pause_after": pause_after,
    }
    raise typer.Exit(scheduling.schedule(name, when, timezone, policies, as_json=as_json))


@app.command()
def unschedule(name: str, as_json: Json = False) -> None:
    """Let an agent run only when asked."""
    from podium.server.cli import scheduling

    raise typer.Exit(scheduling.unschedule(name, as_json=as_json))


@schedules_app.callback(invoke_without_command=True)
def schedules(context: typer.Context, as_json: Json = False) -> None:
    """List the schedules with their next times; or pause, resume, skip, run now."""
    if context.invoked_subcommand is not None:
        return
    from podium.server.cli import scheduling

    raise typer.Exit(scheduling.schedules(as_json=as_json))


@schedules_app.command("list")
def schedules_list(as_json: Json = False) -> None:
    """List the schedules with their next times."""
    from podium.server.cli import scheduling

    raise typer.Exit(scheduling.schedules(as_json=as_json))


@schedules_app.command("pause")
def schedules_pause(name: str, as_json: Json = False) -> None:
    """Stop a schedule until it is resumed; the agent still runs when asked."""
    from podium.server.cli import scheduling

    raise typer.Exit(scheduling.change(name, "pause", as_json=as_json))


@schedules_app.command("resume")
def schedules_resume(name: str, as_json: Json = False) -> None:
    """Let a schedule go on; what passed meanwhile is not made up for."""
    from podium.server.cli import scheduling

    raise typer.Exit(scheduling.change(name, "resume", as_json=as_json))


@schedules_app.command("skip")
def schedules_skip(name: str, as_json: Json = False) -> None:
    """Leave the next time out."""
    from podium.server.cli import scheduling

    raise typer.Exit(scheduling.change(name, "skip", as_json=as_json))


@schedules_app.command("now")
def schedules_now(name: str, as_json: Json = False) -> None:
    """Run a scheduled agent at once and wait; the next time stays what it is."""
    from podium.server.cli import running

    raise typer.Exit(running.now(name, as_json=as_json))


@triggers_app.callback(invoke_without_command=True)
def triggers(context: typer.Context, as_json: Json = False) -> None:
    """List what starts agents beside the clock: webhooks and chains."""
    if context.invoked_subcommand is not None:
        return
    from podium.server.cli import triggering

    raise typer.Exit(triggering.triggers(as_json=as_json))


@triggers_app.command("webhook")
def triggers_webhook(agent: str, as_json: Json = False) -> None:
    """Let a signed request start an agent; shows the secret once."""
    from podium.server.cli import triggering

    raise typer.Exit(triggering.webhook(agent, as_json=as_json))


@triggers_app.command("rotate")
def triggers_rotate(trigger_id: str, as_json: Json = False) -> None:
    """Give a webhook a new secret; the one before is taken for a day more."""
    from podium.server.cli import triggering

    raise typer.Exit(triggering.rotate(trigger_id, as_json=as_json))


@triggers_app.command("chain")
def triggers_chain(
    agent: str,
    after: Annotated[str, typer.Option(help="The agent that is waited for.")],
    on: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="Outcome that starts it (success); may be repeated."),
    ] = None,
    input_: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(
            "--input",
            help="NAME={outputs.STEP.NAME}, NAME={row.COLUMN} or NAME=VALUE; may be repeated.",
        ),
    ] = None,
    each: Annotated[
        str, typer.Option(help="Step of the other agent: one run for each of its rows.")
    ] = "",
    limit: Annotated[
        int, typer.Option(help="With --each: most runs for one run before.", min=1, max=1000)
    ] = 20,
    as_json: Json = False,
) -> None:
    """Start an agent when a run of another one has ended."""
    from podium.server.cli import triggering

    raise typer.Exit(
        triggering.chain(
            agent, after, on or [], input_ or [], each=each, limit=limit, as_json=as_json
        )
    )


@triggers_app.command("enable")
def triggers_enable(trigger_id: str, as_json: Json = False) -> None:
    """Switch a trigger on."""
    from podium.server.cli import triggering

    raise typer.Exit(triggering.change(trigger_id, "enable", as_json=as_json))


@triggers_app.command("disable")
def triggers_disable(trigger_id: str, as_json: Json = False) -> None:
    """Switch a trigger off."""
    from podium.server.cli import triggering

    raise typer.Exit(triggering.change(trigger_id, "disable", as_json=as_json))


@triggers_app.command("delete")
def triggers_delete(trigger_id: str, as_json: Json = False) -> None:
    """Forget a trigger."""
    from podium.server.cli import triggering

    raise typer.Exit(triggering.change(trigger_id, "delete", as_json=as_json))


@destinations_app.callback(invoke_without_command=True)
def destinations(context: typer.Context, as_json: Json = False) -> None:
    """List where messages about runs go."""
    if context.invoked_subcommand is not None:
        return
    from podium.server.cli import triggering

    raise typer.Exit(triggering.destinations(as_json=as_json))


@destinations_app.command("add")
def destinations_add(
    agent: Annotated[str, typer.Option(help="Only runs of this agent.")] = "",
    event: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Option(help="run.started, run.waiting, run.completed, run.failed; may be repeated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Tell an address about runs, by signed webhooks; shows their secret once.

    The address comes from a prompt or stdin, never from an argument: its path may hold a token.
    """
    from podium.server.cli import triggering

    raise typer.Exit(triggering.add_destination(agent, event or [], as_json=as_json))


@destinations_app.command("delete")
def destinations_delete(destination_id: str, as_json: Json = False) -> None:
    """Tell an address nothing more."""
    from podium.server.cli import triggering

    raise typer.Exit(triggering.delete_destination(destination_id, as_json=as_json))


@app.command()
def deliveries(
    agent: Annotated[str, typer.Option(help="Only messages about this agent.")] = "",
    replay: Annotated[str, typer.Option(metavar="ID", help="Deliver one once more.")] = "",
    as_json: Json = False,
) -> None:
    """List messages about runs with what came of them."""
    from podium.server.cli import triggering

    raise typer.Exit(triggering.deliveries(agent, replay, as_json=as_json))


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="All of them are looked for.")],
    agent: Annotated[str, typer.Option(help="Only what this agent did.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    as_json: Json = False,
) -> None:
    """Find words in agents, runs, rows, file names and what was said."""
    from podium.server.cli import listings

    raise typer.Exit(listings.search(" ".join(words), agent, limit, as_json=as_json))


@app.command()
def suggest(
    agent: Annotated[str, typer.Argument(help="Only what is about this agent.")] = "",
    accept: Annotated[str, typer.Option(metavar="ID", help="Carry one out (id or number).")] = "",
    dismiss: Annotated[str, typer.Option(metavar="ID", help="Put one aside.")] = "",
    never: Annotated[
        str, typer.Option(metavar="ID", help="Never suggest anything of its kind again.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Show what the run records suggest, each with its proof."""
    from podium.server.cli import suggesting

    raise typer.Exit(
        suggesting.suggest(agent, accept=accept, dismiss=dismiss, never=never, as_json=as_json)
    )


@secret_app.command("set")
def secret_set(
    name: str,
    origin: Annotated[str, typer.Option(help="The site it belongs to.")],
    user: Annotated[str, typer.Option(help="User name of the sign-in.")] = "",
    totp: Annotated[bool, typer.Option("--totp", help="Also read a TOTP seed.")] = False,
    as_json: Json = False,
) -> None:
    """Keep a credential; the password comes from a prompt or stdin, never from an argument."""
    from podium.server.cli import secrets

    raise typer.Exit(secrets.keep(name, origin, user, totp=totp, as_json=as_json))


@secret_app.command("list")
def secret_list(as_json: Json = False) -> None:
    """List credentials, without their values."""
    from podium.server.cli import secrets

    raise typer.Exit(secrets.listing(as_json=as_json))


@secret_app.command("delete")
def secret_delete(name: str, as_json: Json = False) -> None:
    """Forget a credential."""
    from podium.server.cli import secrets

    raise typer.Exit(secrets.delete(name, as_json=as_json))


# -- Processes -------------------------------------------------------------------------------------


@app.command()
def serve(
    host: Annotated[Optional[str], typer.Option(help="Default: 127.0.0.1.")] = None,  # noqa: UP045
    port: Annotated[Optional[int], typer.Option(help="Default: 8765.")] = None,  # noqa: UP045
) -> None:
    """Serve the HTTP doors, run schedules, execute what other processes queue."""
    from podium.server.cli import processes

    raise typer.Exit(processes.serve(host, port))


@app.command()
def prune(
    days: Annotated[
        Optional[float],  # noqa: UP045
        typer.Option(help="Forget what ended longer ago. Default: PODIUM_RETENTION_DAYS."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Forget old checkpoints, events and screenshots; records, tables, files and the journal stay."""
    from podium.server.cli import processes

    raise typer.Exit(processes.prune(days, as_json=as_json))


@app.command()
def worker() -> None:
    """Execute what other processes queue, without an HTTP door; on PostgreSQL as many as you like."""
    from podium.server.cli import processes

    raise typer.Exit(processes.worker())


@app.command()
def portal(
    port: int = 8799,
    variant: str = "classic",
    latency_ms: Annotated[int, typer.Option("--latency-ms")] = 0,
    seed: int = 0,
) -> None:
    """Serve the practice portal alone."""
    from podium.server.cli import processes

    raise typer.Exit(processes.portal(port, variant, latency_ms, seed))


@app.command()
def demo(as_json: Json = False) -> None:
    """Show the whole loop on the practice portal: build, test, deploy, two runs."""
    from podium.server.cli import processes

    raise typer.Exit(processes.demo(as_json=as_json))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Say what this machine has and lacks."""
    from podium.server.cli import processes

    raise typer.Exit(processes.doctor(as_json=as_json))
