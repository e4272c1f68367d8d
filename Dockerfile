# hongyan with a bot.yaml of yours:
#   docker run -v ./mybot:/config:ro -v hongyan:/data --env-file .env -p 8080:8080 hongyan
# In China, build with --build-arg GOPROXY=https://goproxy.cn,direct
FROM golang:1.26 AS build
ARG GOPROXY=https://proxy.golang.org,direct
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o /out/hongyan ./cmd/hongyan && mkdir -p /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/hongyan /usr/local/bin/hongyan
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV HONGYAN_DATA=/data
WORKDIR /data
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD ["hongyan", "live"]
ENTRYPOINT ["hongyan"]
CMD ["run", "-c", "/config/bot.yaml"]
