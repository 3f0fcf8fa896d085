"""Commands that set a publication up and serve it."""

from __future__ import annotations

import contextlib
import os

import click

from broadsheet.cli import shared
from broadsheet.sample.invented import MOST, SEED


@click.command()
@click.option("--admin-email", help="Make an account that may do everything at the desk.")
@click.option("--admin-password", help="Its password; asked for on a terminal if left out.")
@click.option("--admin-name", default="", help="Its name, as shown.")
@click.option("--name", help="Name of the publication.")
@click.option("--time-zone", help="Time zone of the publication, such as Europe/London.")
@click.option("--language", help="Language of the publication (BCP 47), such as en-GB.")
@shared.json_option
def init(
    admin_email: str | None,
    admin_password: str | None,
    admin_name: str,
    name: str | None,
    time_zone: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """Prepare the store: database, styles, publication, and the first account.

    Safe to repeat: what is there stays; what is given is set.
    """
    shared.set_up_django()
    from django.conf import settings
    from django.core.exceptions import ValidationError

    from broadsheet.conf.prepare import prepare
    from broadsheet.desk.accounts import ensure_administrator
    from broadsheet.record.models import Publication

    prepare(shared.say)
    publication = Publication.objects.get(pk=Publication.ONLY)
    given = {"name": name, "time_zone": time_zone, "language": language}
    for field, value in given.items():
        if value is not None:
            setattr(publication, field, value)
    try:
        publication.full_clean()
    except ValidationError as error:
        raise click.ClickException("; ".join(error.messages)) from error
    publication.save()
    made = False
    if admin_email:
        if admin_password is None:
            admin_password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
        try:
            made = ensure_administrator(email=admin_email, password=admin_password, name=admin_name)
        except ValidationError as error:
            raise click.ClickException("; ".join(error.messages)) from error
    result = {
        "data": str(settings.DATA),
        "publication": publication.name,
        "time_zone": publication.time_zone,
        "administrator": admin_email,
        "administrator_made": made,
    }
    lines = [f"{publication.name} is ready in {settings.DATA}."]
    if admin_email:
        lines.append(
            f"{admin_email} can sign in at {settings.ORIGIN}/desk/."
            if made
            else f"{admin_email} has an account already; its password was not changed."
        )
    shared.answer(result, as_json=as_json, text="\n".join(lines))


@click.command()
@click.option(
    "--thread",
    type=click.IntRange(1, MOST),
    metavar="N",
    help="Add one invented story with N comments instead, also to a store in use.",
)
@click.option("--seed", type=int, help="With --thread: another seed makes another discussion.")
@shared.json_option
def sample(thread: int | None, seed: int | None, as_json: bool) -> None:
    """Load the sample publication: three sections and ten stories, all of it fiction.

    Does nothing when the store holds a story, unless --thread asks for one more.
    """
    shared.require_store()
    if thread is not None:
        _sample_thread(thread, seed, as_json=as_json)
        return
    if seed is not None:
        raise click.UsageError("--seed goes with --thread; the sample publication has none.")
    from broadsheet.sample.loading import StoreNotEmpty, load_sample

    try:
        loaded = load_sample(shared.say)
    except StoreNotEmpty as error:
        raise click.ClickException(str(error)) from error
    shared.answer(
        loaded,
        as_json=as_json,
        text=f"Loaded {loaded.stories} stories with {loaded.comments} comments.",
    )


def _sample_thread(count: int, seed: int | None, *, as_json: bool) -> None:
    from django.conf import settings

    from broadsheet.sample.corpus import load_corpus

    made = load_corpus(
        count, seed=SEED if seed is None else seed, origin=settings.ORIGIN, say=shared.say
    )
    shared.answer(made, as_json=as_json, text=f"{made.address} has {made.comments:,} comments.")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (or set PORT).")
@click.option("--bind", help="Address to listen on; 0.0.0.0 is every one.")
@click.option("--workers", type=click.IntRange(1, 64), help="Web processes.")
@click.option(
    "--first-run",
    is_flag=True,
    help="If the store is empty, load the sample publication and make an account.",
)
@click.option("--task-worker/--no-task-worker", default=True, help="Run the task worker too.")
def serve(
    port: int | None, bind: str | None, workers: int | None, first_run: bool, task_worker: bool
) -> None:
    """Serve the publication: web processes and the task worker. Stops on Ctrl-C."""
    if port is not None:
        os.environ["PORT"] = str(port)
    shared.set_up_django()
    from broadsheet.cli.serving import run

    run(bind=bind, workers=workers, first_run=first_run, task_worker=task_worker)


@click.command()
@click.option("--watch-parent", is_flag=True, hidden=True)
def worker(watch_parent: bool) -> None:
    """Run the task worker alone: queued tasks, and stories whose time has come.

    `serve` runs one itself; this is for machines that serve no pages.
    """
    shared.require_store()
    from broadsheet.cli.tasks import work

    with contextlib.suppress(KeyboardInterrupt):
        work(watch_parent=watch_parent)
