"""What the tour shows: a headline in Vietnamese and English, who sees what, short tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table


class Screen:
    """A console that tells a story."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def headline(self, number: int, *, vi: str, en: str) -> None:
        """Begin a step."""
        self._console.print()
        self._console.print(
            Panel(f"[bold]{escape(vi)}[/]\n[dim]{escape(en)}[/]", title=f"{number}", title_align="left", expand=False)
        )

    def sees(self, who: str, what: str) -> None:
        """What one user sees or does."""
        self._console.print(f"  [cyan]{escape(who)}[/]: {escape(what)}", highlight=False, soft_wrap=True)

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """A short table."""
        table = Table(*columns, show_edge=False, pad_edge=True, header_style="dim")
        for row in rows:
            table.add_row(*(escape(str(cell)) for cell in row))
        self._console.print(table)

    def failed(self, step: str, why: str) -> None:
        """A step did not hold."""
        words = f"[bold]Không giữ lời: {escape(step)}[/]\n{escape(why)}"
        self._console.print(Panel(words, title="✗", border_style="red", expand=False))

    def done(self, steps: int, seconds: float) -> None:
        """Every step held."""
        words = f"[bold]{steps} bước đều đúng như kể.[/]\n[dim]All {steps} steps held, in {seconds:.1f} s.[/]"
        self._console.print()
        self._console.print(Panel(words, title="✓", border_style="green", expand=False))


def money(vnd: int | None) -> str:
    """Đồng as people write them: 1.250.000 đ."""
    return "—" if vnd is None else f"{vnd:,}".replace(",", ".") + " đ"
