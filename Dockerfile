# The image of Berceau: one image, one command, a service by its argument.
#
#   docker build --target production --tag berceau:0.1.0 .
#   docker build --target demo --tag berceau:0.1.0-demo .     the same, and the simulator

FROM python:3.13-slim-trixie AS build
WORKDIR /source
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt
RUN python -m venv /backend
COPY deploy/requirements-build.txt ./deploy/
RUN /backend/bin/python -m pip install --no-cache-dir --require-hashes --only-binary :all: -r deploy/requirements-build.txt
COPY pyproject.toml README.md LICENSE ./
COPY services ./services
COPY shared ./shared
RUN /backend/bin/python -m hatchling build --target wheel --directory /wheels
RUN /venv/bin/python -m pip install --no-cache-dir --no-deps /wheels/*.whl
RUN /venv/bin/python -m pip uninstall --yes pip

FROM build AS trimmed
RUN rm -r /venv/lib/python3.*/site-packages/services/simulator

FROM python:3.13-slim-trixie AS runtime
RUN python -m pip uninstall --yes --root-user-action ignore pip \
 && groupadd --gid 10001 berceau \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin berceau
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
USER 10001:10001
STOPSIGNAL SIGTERM
ENTRYPOINT ["berceau"]
CMD ["--help"]

FROM runtime AS demo
COPY --from=build /venv /venv

FROM runtime AS production
COPY --from=trimmed /venv /venv
