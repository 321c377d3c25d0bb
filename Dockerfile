# Lianpian as a container image: the web app, then the binary, then a small
# runtime. PostGIS runs in a container of its own (docker-compose.yml).
FROM node:20-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
COPY tiles/style.json tiles/themes.json /src/tiles/
RUN npm run build

FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
COPY --from=web /src/web/dist web/dist
# The commit, for files that say by which version they were made.
ARG REVISION=
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-X github.com/lianpian/lianpian/internal/app.revision=${REVISION}" -o /lianpian ./cmd/lianpian

FROM debian:bookworm-slim
RUN useradd --system --create-home --home-dir /var/lib/lianpian lianpian
COPY --from=build /lianpian /usr/local/bin/lianpian
USER lianpian
EXPOSE 8080
ENTRYPOINT ["lianpian"]
CMD ["serve"]
