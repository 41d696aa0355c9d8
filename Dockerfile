FROM golang:1.26 AS build
WORKDIR /src

# Modules change less often than sources, so they have a layer of their own.
COPY go.mod go.sum ./
RUN go mod download

COPY . .
ARG VERSION=dev
# The binary runs once here: one that cannot start is no image.
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X main.version=${VERSION}" \
        -o /out/finhub-sandbox ./cmd/finhub-sandbox \
    && /out/finhub-sandbox version \
    && mkdir /out/data

FROM scratch
# Webhooks go to receivers behind TLS, whose certificates must be checked.
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /out/finhub-sandbox /finhub-sandbox
# A volume mounted here is writable for the user below: --data /data/sandbox.db.
COPY --from=build --chown=65532:65532 /out/data /data

# A number, because scratch has no list of users and Kubernetes wants proof that
# it is not root.
USER 65532:65532
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=5s --retries=3 CMD ["/finhub-sandbox", "healthcheck"]
ENTRYPOINT ["/finhub-sandbox"]
CMD ["serve", "--addr", ":8080"]
