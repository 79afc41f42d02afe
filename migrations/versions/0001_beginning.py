"""The beginning: no tables yet, but a version that all later ones build on."""

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to make."""


def downgrade() -> None:
    """Nothing to take away."""
