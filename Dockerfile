# The image holds one static binary and nothing else; it runs as a user without
# a name on a root file system that need not be writable.
FROM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/postern-sec/postern/internal/cli.version=${VERSION}" -o /postern ./cmd/postern

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /postern /postern
USER 65532:65532
EXPOSE 8080
ENTRYPOINT ["/postern"]
CMD ["serve", "--listen", "0.0.0.0:8080"]
