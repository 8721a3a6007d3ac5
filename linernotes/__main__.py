"""`python -m linernotes` is the command line, too."""

from linernotes.cli import main

main()
