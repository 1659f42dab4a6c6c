"""`python -m coalition.cli`: the same as `tocsin`, for where the script is not on PATH."""

from coalition.cli.main import main

if __name__ == "__main__":
    main()
