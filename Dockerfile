# The one binary and nothing else. From make build, or from a release:
#   docker build -t carriles .
#   docker build -t carriles --build-arg BINARY=dist/carriles_linux_amd64_v1/carriles .
FROM scratch
ARG BINARY=bin/carriles
COPY --chmod=755 ${BINARY} /carriles
# Docker gives a new volume the owner of the folder that it covers.
COPY --chown=65532:65532 packaging/state /var/lib/carriles
USER 65532:65532
ENV CARRILES_STATIC=/var/lib/carriles TMPDIR=/var/lib/carriles
VOLUME /var/lib/carriles
EXPOSE 8000
ENTRYPOINT ["/carriles"]
CMD ["serve"]
