package kernel

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/go-zeromq/zmq4"
)

// connection is what Jupyter says about the sockets of a kernel, in a file.
type connection struct {
	Transport string `json:"transport"`
	IP        string `json:"ip"`
	Key       string `json:"key"`
	Shell     int    `json:"shell_port"`
	Control   int    `json:"control_port"`
	Stdin     int    `json:"stdin_port"`
	Heartbeat int    `json:"hb_port"`
	IOPub     int    `json:"iopub_port"`
	Signature string `json:"signature_scheme"`
	Name      string `json:"kernel_name,omitempty"`
}

// address returns the address of a socket.
func (c connection) address(port int) string {
	if c.Transport == "ipc" {
		return fmt.Sprintf("ipc://%s-%d", c.IP, port)
	}
	return fmt.Sprintf("tcp://%s:%d", c.IP, port)
}

// behind returns the connection for GoNB: the same, but for the socket on which it publishes.
func (c connection) behind() (connection, error) {
	if c.Transport == "ipc" {
		c.IOPub += 1000
		return c, nil
	}
	l, err := net.Listen("tcp", net.JoinHostPort(c.IP, "0"))
	if err != nil {
		return c, err
	}
	defer l.Close()
	c.IOPub = l.Addr().(*net.TCPAddr).Port
	return c, nil
}

// relay publishes to Jupyter, on one connection, what GoNB publishes on another, until ctx or GoNB ends.
func relay(ctx context.Context, front, back connection) error {
	publisher := zmq4.NewPub(ctx)
	defer publisher.Close()
	if err := publisher.Listen(front.address(front.IOPub)); err != nil {
		return fmt.Errorf("the kernel cannot publish: %w", err)
	}
	subscriber := zmq4.NewSub(ctx, zmq4.WithDialerRetry(20*time.Millisecond), zmq4.WithDialerMaxRetries(-1))
	defer subscriber.Close()
	if err := subscriber.Dial(back.address(back.IOPub)); err != nil {
		return fmt.Errorf("GoNB does not answer: %w", err)
	}
	if err := subscriber.SetOption(zmq4.OptionSubscribe, ""); err != nil {
		return err
	}
	received := make(chan message, 1024)
	go func() {
		defer close(received) // GoNB has ended
		for {
			m, err := subscriber.Recv()
			if err != nil {
				return
			}
			if m, ok := parseMessage(m.Frames); ok {
				received <- m
			}
		}
	}()
	publish := func(list []message) error {
		for _, m := range list {
			if err := publisher.Send(zmq4.NewMsgFrom(m.frames([]byte(front.Key))...)); err != nil && ctx.Err() == nil {
				return fmt.Errorf("the kernel cannot publish: %w", err)
			}
		}
		return nil
	}
	return rewriteAll(received, publish)
}

// rewriteAll publishes what replaces the messages that are received, until there are no more.
func rewriteAll(received <-chan message, publish func([]message) error) error {
	var l learner
	var d dam
	for {
		var out []message
		var later <-chan time.Time
		if d.holds() {
			later = time.After(pause)
		}
		select {
		case m, ok := <-received:
			if !ok {
				return publish(d.flush(time.Now()))
			}
			for _, m := range l.rewrite(patient(m)) {
				out = append(out, d.pass(m, time.Now())...)
			}
		case now := <-later:
			out = d.flush(now)
		}
		if err := publish(out); err != nil {
			return err
		}
	}
}
