"""Example contexts: for every template one with everything in it and one with as little as possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.rendering.samples import (
    acting,
    conflicts,
    database,
    deleting,
    entering,
    factor,
    forms,
    frame,
    history,
    importing,
    inlines,
    lists,
    pages,
    people,
    summaries,
    transfer,
)
from tests.rendering.samples.frame import bare_shell, shell

PAGES: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "list.html": (lists.list_page, lists.bare_list_page),
    "form.html": (forms.form_page, forms.bare_form_page),
    "cell.html": (conflicts.cell_page, conflicts.bare_cell_page),
    "conflict.html": (conflicts.gone_page, conflicts.bare_gone_page),
    "detail.html": (pages.detail_page, pages.bare_detail_page),
    "delete.html": (pages.delete_page, pages.bare_delete_page),
    "restore.html": (deleting.restore_page, deleting.bare_restore_page),
    "trash.html": (deleting.trash_page, deleting.bare_trash_page),
    "action.html": (acting.action_page, acting.bare_action_page),
    "bulk.html": (acting.bulk_page, acting.bare_bulk_page),
    "done.html": (acting.done_page, acting.bare_done_page),
    "row_actions.html": (acting.row_actions_page, acting.bare_row_actions_page),
    "progress.html": (acting.progress_page, acting.bare_progress_page),
    "history.html": (history.history_page, history.bare_history_page),
    "changes.html": (history.changes_page, history.bare_changes_page),
    "changeset.html": (history.changeset_page, history.bare_changeset_page),
    "undo.html": (history.undo_page, history.bare_undo_page),
    "import_start.html": (importing.start_page, importing.bare_start_page),
    "import.html": (importing.import_page, importing.bare_import_page),
    "home.html": (pages.home_page, pages.bare_home_page),
    "login.html": (entering.login_page, entering.bare_login_page),
    "first.html": (entering.first_page, entering.bare_first_page),
    "password.html": (entering.password_page, entering.bare_password_page),
    "sessions.html": (entering.sessions_page, entering.bare_sessions_page),
    "second.html": (factor.second_page, factor.bare_second_page),
    "factor.html": (factor.factor_page, factor.bare_factor_page),
    "left.html": (factor.left_page, factor.left_page),
    "unsent.html": (entering.unsent_page, entering.bare_unsent_page),
    "account.html": (pages.account_page, pages.bare_account_page),
    "count.html": (pages.count_page, pages.bare_count_page),
    "facets.html": (pages.facets_page, pages.bare_facets_page),
    "summary.html": (summaries.summary_page, summaries.bare_summary_page),
    "database.html": (database.database_page, database.bare_database_page),
    "database_table.html": (database.table_page, database.bare_table_page),
    "diagram.html": (database.diagram_page, database.bare_diagram_page),
    "doctor.html": (database.doctor_page, database.bare_doctor_page),
    "indexes.html": (database.indexes_page, database.bare_indexes_page),
    "export.html": (transfer.export_page, transfer.bare_export_page),
    "error.html": (pages.error_page, pages.bare_error_page),
    **people.PAGES,
}
"""Whole pages: template to its full and its bare context."""

FRAGMENTS: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "rows.html": (lists.rows_page, lists.bare_rows_page),
    "cell_value.html": (conflicts.cell_value, conflicts.bare_cell_value),
    "lookup.html": (pages.lookup_page, pages.bare_lookup_page),
    "dependents.html": (forms.dependents_page, forms.bare_dependents_page),
    "dialog.html": (inlines.dialog_page, inlines.made_in_dialog),
}
"""Pieces without a frame."""

__all__ = ["FRAGMENTS", "PAGES", "bare_shell", "forms", "frame", "lists", "pages", "shell", "summaries"]
