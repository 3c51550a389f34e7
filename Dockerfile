# Notebooks in JupyterLab, with everything set up. See docs/desk.md.
#
#   docker build -t owlm .
#   docker run --rm -p 127.0.0.1:8888:8888 -v owlm-lab:/home/owl/owlm/lab owlm
FROM golang:1.26-bookworm

RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home owl

# Not root: cells are programs.
USER owl
WORKDIR /home/owl/owlm
ENV GOFLAGS=-buildvcs=false GOPATH=/home/owl/go PATH=/home/owl/go/bin:/usr/local/go/bin:/usr/local/bin:/usr/bin:/bin

# The modules have a layer of their own, so that a change of the sources does not download them again.
COPY --chown=owl go.mod go.sum ./
RUN go mod download
COPY --chown=owl . .
RUN go install ./cmd/lmkit && lmkit setup && mkdir lab

EXPOSE 8888
CMD ["lmkit", "lab", "--no-browser", "--host", "0.0.0.0"]
