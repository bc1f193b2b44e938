"""The application factory."""

from pathlib import Path
from typing import Any

from flask import Flask

from config import load_settings

VERSION = "0.1.0"
BODY_LIMIT = 1024 * 1024


def create_app(**overrides: Any) -> Flask:
    """Build the app: settings, extensions, mechanisms, blueprints, errors, docs, in that order.

    It touches no network, so that it starts while MongoDB or Redis is still down.

    Args:
        overrides: settings that win over the environment (tests).

    Raises:
        ConfigurationError: the environment can't be used.
    """
    from app import blueprints, celery_utils, cli, extensions  # noqa: PLC0415 -- they import this package
    from app.core import edge, errors, indexes, logs, openapi  # noqa: PLC0415
    from app.services import mailer  # noqa: PLC0415

    settings = load_settings(**overrides)
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(settings.flask_config())
    app.config.update(ORIGINS=settings.origins_list, MAX_CONTENT_LENGTH=BODY_LIMIT, SETTINGS=settings)
    app.config["LOG_DIR"] = Path(settings.LOG_DIR)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    edge.init_app(app)
    logs.init_app(app)
    extensions.init_app(app)
    indexes.init_app(app)
    mailer.init_app(app)
    celery_utils.init_app(app)
    blueprints.register(app)
    cli.register(app)
    errors.init_app(app)
    openapi.init_app(app)
    return app
