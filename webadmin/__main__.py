"""``python -m webadmin``."""

from webadmin.cli import main

main(prog_name="webadmin")
