// Command server streams text over HTTP. All clients share one model, and each has a state of its own. A client that
// goes away ends its text.
//
//	go run . -model runs/owl &
//	curl -N 'http://localhost:8080/?prompt=Once+upon+a+time&length=200'
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"

	"owlm/lmkit"
)

func main() {
	dir := flag.String("model", "", "model directory, as lmkit train --out wrote it")
	address := flag.String("address", "localhost:8080", "where to listen")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := serve(ctx, *dir, *address); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, dir, address string) error {
	model, err := lmkit.Open(dir, "auto")
	if err != nil {
		return err
	}
	if model.Note != "" {
		log.Print(model.Note)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	log.Printf("%s; listening on http://%s", model.Engine.Reason, listener.Addr())
	// The requests' contexts end with ctx, so that texts that are being written end, too.
	server := &http.Server{Handler: writer{model}, BaseContext: func(net.Listener) context.Context { return ctx }}
	done := make(chan error)
	go func() {
		<-ctx.Done()
		done <- server.Shutdown(context.WithoutCancel(ctx)) // waits for the texts
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-done
}

// writer answers requests with text of a model.
type writer struct{ model *lmkit.Model }

func (w writer) ServeHTTP(response http.ResponseWriter, request *http.Request) {
	length, err := strconv.Atoi(request.FormValue("length"))
	if err != nil {
		length = 50
	}
	c := lmkit.GenerateConfig{Length: length, Temperature: 0.8}
	response.Header().Set("Content-Type", "text/plain; charset=utf-8")
	begun := false
	flush := http.NewResponseController(response).Flush
	// When the client goes away its context ends, and with it the loop.
	for token, err := range w.model.Generate(request.Context(), request.FormValue("prompt"), c) {
		if errors.Is(err, context.Canceled) {
			log.Printf("%s: gone", request.RemoteAddr)
			return
		}
		if err != nil {
			log.Printf("%s: %v", request.RemoteAddr, err)
			if !begun {
				http.Error(response, err.Error(), http.StatusBadRequest)
			}
			return
		}
		begun = true
		fmt.Fprint(response, token.Text)
		flush()
	}
	fmt.Fprintln(response)
}
