# Carillon in a container: docs/deploy.md tells how to run it. Nothing secret is in the image; the configuration is mounted.
FROM docker.io/oven/bun:1.4.5-slim AS bun

# Bun reads npm's lock file: its versions and checksums hold here, too.
FROM bun AS packages
WORKDIR /opt/carillon
COPY package.json package-lock.json ./
RUN bun install --production --frozen-lockfile

FROM bun
WORKDIR /opt/carillon
COPY --from=packages /opt/carillon/node_modules node_modules
COPY package.json main.ts config.ts ./
COPY config config
COPY protocol protocol
COPY machines machines
COPY transports transports
COPY actors actors
COPY relay relay
COPY journal journal
COPY replay replay
COPY web web
COPY cli cli
COPY start start
USER bun
# SIP; /health is for the inside alone.
EXPOSE 5600/udp 5600/tcp
# SIGTERM lets running calls end: give it longer than [calls] drain_timeout, `docker run --stop-timeout 90`.
STOPSIGNAL SIGTERM
# It knows the environment, and not what the mounted file says.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s \
  CMD ["bun", "-e", "process.exit((await fetch(`http://127.0.0.1:${process.env.CARILLON_WEB_PORT ?? 8080}/health`)).ok ? 0 : 1)"]
ENTRYPOINT ["bun", "main.ts"]
CMD ["--config", "/etc/carillon/carillon.toml"]
