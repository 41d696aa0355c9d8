FROM golang:1.26 AS build
WORKDIR /src

# Modules change less often than sources, so they have a layer of their own.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
ARG VERSION=dev
# Libraries, and what of them and of ours no request spends its time in, are compiled
# without inlining, which is more than a megabyte. HTTP/2, half of one, is left out: without TLS
# nobody speaks it to the sandbox, nor it to receivers. The binary runs once here: one
# that cannot start is no image.
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags nethttpomithttp2 \
        -gcflags=github.com/...=-l -gcflags=golang.org/...=-l -gcflags=go.yaml.in/...=-l -gcflags=vendor/...=-l \
        -gcflags=crypto/...=-l -gcflags=encoding/xml=-l -gcflags=encoding/asn1=-l -gcflags=html/...=-l -gcflags=image/...=-l \
        -gcflags=log/...=-l -gcflags=math/big=-l -gcflags=regexp/syntax=-l -gcflags=text/...=-l \
        -gcflags=finhub-sandbox/cmd/...=-l -gcflags=finhub-sandbox/internal/console/...=-l -gcflags=finhub-sandbox/internal/doctor=-l \
        -gcflags=finhub-sandbox/internal/control/...=-l -gcflags=finhub-sandbox/internal/app=-l -gcflags=finhub-sandbox/internal/client=-l \
        -gcflags=finhub-sandbox/internal/guide=-l -gcflags=finhub-sandbox/internal/statediff=-l -gcflags=finhub-sandbox/internal/recording=-l \
        -gcflags=finhub-sandbox/internal/sandbox/fixtures=-l -gcflags=finhub-sandbox/internal/sandbox/explain=-l \
        -gcflags=finhub-sandbox/internal/sandbox/timeline=-l -gcflags=finhub-sandbox/internal/store/postgres=-l \
        -gcflags=finhub-sandbox/internal/setting=-l -gcflags=finhub-sandbox/internal/scenario=-l -gcflags=finhub-sandbox/internal/journal=-l \
        -gcflags=finhub-sandbox/internal/metrics=-l -gcflags=finhub-sandbox/internal/coverage=-l -gcflags=finhub-sandbox/internal/domain/...=-l \
        -gcflags=finhub-sandbox/internal/sandbox/government=-l -gcflags=finhub-sandbox/internal/sandbox/webhooks=-l \
        -gcflags=finhub-sandbox/internal/webhook=-l -gcflags=encoding/json=-l -gcflags=mime/...=-l -gcflags=compress/...=-l \
        -gcflags=os/...=-l -gcflags=flag=-l -gcflags=net=-l -gcflags=archive/...=-l -gcflags=path/...=-l \
        -gcflags=github.com/labstack/...= -gcflags=github.com/tidwall/...= -gcflags=github.com/go-json-experiment/...= \
        -ldflags "-s -w -X main.version=${VERSION}" \
        -o /out/finhub-sandbox ./cmd/finhub-sandbox \
    && /out/finhub-sandbox version \
    && mkdir /out/data

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="finhub-sandbox" \
      org.opencontainers.image.description="A local stand-in for FinHub's banking API v2.1. Unofficial." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"

# Webhooks go to receivers behind TLS, whose certificates must be checked.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/finhub-sandbox /finhub-sandbox
# A volume mounted here is writable for the user below: SANDBOX_DATA=/data/sandbox.db.
COPY --from=build --chown=65532:65532 /out/data /data

# A number, because scratch has no list of users and Kubernetes wants proof that
# it is not root.
USER 65532:65532
# A variable and no flag, so that the health check asks wherever a container's
# environment says that the sandbox listens.
ENV SANDBOX_ADDR=:8080
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --start-interval=250ms --retries=3 CMD ["/finhub-sandbox", "healthcheck"]
ENTRYPOINT ["/finhub-sandbox"]
CMD ["serve"]
