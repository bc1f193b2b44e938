FROM python:3.11-slim-bookworm AS build
RUN python -m venv /opt/venv
COPY requirements.txt .
RUN /opt/venv/bin/pip install --no-cache-dir --disable-pip-version-check -r requirements.txt

FROM python:3.11-slim-bookworm
# What reports and charts are drawn with: every script of India and its neighbours, and Chinese, Japanese and Korean.
RUN apt-get update \
    && apt-get install -y --no-install-recommends fonts-noto-core fonts-droid-fallback fonts-nanum \
    && rm -rf /var/lib/apt/lists/*
# A fixed number, so that it can be used for the owner of files outside.
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin finsight
# Inside a container 127.0.0.1 reaches nobody: what is published is decided outside.
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    FLASK_ENV=production \
    BIND=0.0.0.0:5000
WORKDIR /srv/finsight
COPY --from=build /opt/venv /opt/venv
COPY config.py run.py celery_worker.py gunicorn.conf.py LICENSE ./
COPY app app
# New volumes mounted here take over the owner.
RUN install -d -o finsight logs schedule
USER finsight
EXPOSE 5000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:5000/health/live', timeout=3)"]
CMD ["gunicorn", "--config", "gunicorn.conf.py", "run:app"]
