# One image for the API and for Dagster. No key, model hub or network is needed at run time.
#
#   docker build -t folio-kb:0.1.0 .
#   docker build -t folio-kb:0.1.0 --build-arg EXTRAS=postgres,redis,plots,models --build-arg TESSERACT_LANGUAGES="eng deu" .

FROM python:3.12.12-slim-bookworm AS build

# Optional parts of pyproject.toml; only `models` brings torch.
ARG EXTRAS=postgres,redis,plots,llm
# An index with CPU builds of torch; without one the default index may bring the much larger GPU build.
ARG TORCH_INDEX_URL=""

ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/folio
WORKDIR /src
COPY constraints.txt ./
# The CPU build, and before anything that would pull the much larger GPU build.
RUN case ",$EXTRAS," in \
      *,models,*) /opt/folio/bin/pip install --constraint constraints.txt ${TORCH_INDEX_URL:+--extra-index-url "$TORCH_INDEX_URL"} torch ;; \
    esac
COPY . .
RUN /opt/folio/bin/pip install --constraint constraints.txt ".[$EXTRAS]"
# Dagster's own processes load little of ours: Python guards their logs when it starts.
RUN cp folio/startup/sitecustomize.py "$(/opt/folio/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"


FROM python:3.12.12-slim-bookworm

# Languages for OCR of scans, for example "eng deu"; empty: no OCR, scans are reported as unreadable.
ARG TESSERACT_LANGUAGES=""

RUN if [ -n "$TESSERACT_LANGUAGES" ]; then \
      apt-get update \
      && apt-get install --yes --no-install-recommends tesseract-ocr $(printf 'tesseract-ocr-%s ' $TESSERACT_LANGUAGES) \
      && rm -rf /var/lib/apt/lists/*; \
    fi \
    && groupadd --gid 10001 folio \
    && useradd --uid 10001 --gid folio --home-dir /data --no-create-home --shell /usr/sbin/nologin folio \
    && install --directory --owner folio --group folio /app /data /opt/dagster

COPY --from=build /opt/folio /opt/folio
COPY --chown=folio:folio deploy/dagster/ /opt/dagster/

ENV PATH=/opt/folio/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    TESSDATA_PREFIX=/usr/share/tesseract-ocr/5/tessdata \
    DAGSTER_HOME=/opt/dagster \
    FOLIO_HOME=/data \
    FOLIO_API__HOST=0.0.0.0

USER 10001:10001
WORKDIR /app
VOLUME /data
EXPOSE 8700

HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8700/healthz', timeout=4)"]

# Without FOLIO_API__TOKEN it refuses to start: it would be open to other machines.
CMD ["python", "-m", "api.serving", "--host", "0.0.0.0", "--port", "8700"]
