# The tool and its worker; docker-compose.yml runs both from this image.

FROM python:3.13-slim AS build
WORKDIR /src
RUN python -m venv /opt/lti-badges
ENV PATH=/opt/lti-badges/bin:$PATH PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
# Libraries first: this layer changes with the lock only.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY lti_tool lti_tool
RUN pip install --no-deps --no-build-isolation .

FROM python:3.13-slim
RUN useradd --system --uid 10001 --no-create-home lti-badges \
    && install -d -o lti-badges -m 0700 /var/lib/lti-badges/data /var/lib/lti-badges/keys
COPY --from=build /opt/lti-badges /opt/lti-badges
WORKDIR /app
COPY config config
ENV PATH=/opt/lti-badges/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER lti-badges
EXPOSE 8000
ENTRYPOINT ["lti-badges"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
