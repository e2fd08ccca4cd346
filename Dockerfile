# The market's own image: API, worker and migrations are the same image with another command.
FROM python:3.11-slim@sha256:9c900dea9e8fb7e16277c179b555cc72d29a352dbc33cff48ad5a0412fd5bfc7 AS dependencies
COPY requirements/runtime.txt /tmp/runtime.txt
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r /tmp/runtime.txt

FROM node:22-slim@sha256:c3de60bf2f9dd0ac6370e6117950ff62d6e339527e7472301c9c78a017978392 AS pages
WORKDIR /pages
COPY package.json package-lock.json .npmrc ./
# Only the documentation's pages: the engine is a service of its own here.
RUN npm ci --omit=optional --omit=dev

FROM python:3.11-slim@sha256:9c900dea9e8fb7e16277c179b555cc72d29a352dbc33cff48ad5a0412fd5bfc7
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin market \
    && install --directory --owner=market /var/lib/market /var/lib/anchors
COPY --from=dependencies /venv /venv
WORKDIR /app
# The package runs beside migrations/, search/ and seeds/, as in the repository; it is not installed.
COPY pyproject.toml ./
COPY src ./src
# Processes write nothing: compiled once here, not by each of them at its start.
RUN python -m compileall -q src
COPY migrations ./migrations
COPY search ./search
COPY docs ./docs
COPY seeds ./seeds
COPY --from=pages /pages/node_modules/swagger-ui-dist ./node_modules/swagger-ui-dist
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app/src \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    MARKET_HOST=0.0.0.0 \
    MARKET_PORT=8000 \
    MARKET_DATA_DIR=/tmp/market
USER market
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=5 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
ENTRYPOINT ["python", "-m", "market"]
CMD ["serve"]
