# One image for web and worker: `crosscurrent serve` (default) or `crosscurrent worker`.
FROM python:3.11-slim-bookworm AS build

# The index that holds the CPU build of torch; unset, pip's own index serves the larger CUDA build.
ARG TORCH_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/crosscurrent
ENV PATH=/opt/crosscurrent/bin:$PATH
RUN pip install pip==26.3 && PIP_INDEX_URL="$TORCH_INDEX_URL" pip install torch==2.13.0
COPY requirements.lock /build/
RUN pip install --no-deps --require-hashes -r /build/requirements.lock
COPY pyproject.toml README.md LICENSE /build/
COPY service /build/service
COPY nlp /build/nlp
COPY workers /build/workers
COPY models /build/models
COPY prompts /build/prompts
RUN pip install --no-deps --no-build-isolation /build

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/crosscurrent crosscurrent
COPY --from=build /opt/crosscurrent /opt/crosscurrent
ENV PATH=/opt/crosscurrent/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    HF_HUB_OFFLINE=1 \
    CROSSCURRENT_HOST=0.0.0.0 \
    CROSSCURRENT_DATA_DIR=/var/lib/crosscurrent/data
USER 10001
WORKDIR /var/lib/crosscurrent
RUN mkdir -m 700 data
VOLUME /var/lib/crosscurrent/data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["crosscurrent"]
CMD ["serve"]
