"""The WSGI app that gunicorn serves as run:app; `python run.py` is the auto-reloading development server."""

if __name__ == "__main__":
    from dev.stack import main

    raise SystemExit(main(reload=True))

from app import create_app

app = create_app()
