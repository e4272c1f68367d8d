package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/hongyan-go/hongyan/store"
)

const (
	askedKey     = "app/reload/asked"
	answerPrefix = "app/reload/answer/"
	// answerKept is how long an answer is kept.
	answerKept = time.Hour
	// askEvery is how often a bot looks for requests, and a request for its answer.
	askEvery = 2 * time.Second
)

// request asks the bots of a store to read their files again.
type request struct {
	Number int64 `json:"number"`
}

// answer is what came of it.
type answer struct {
	OK    bool     `json:"ok"`
	Lines []string `json:"lines"`
}

// asked is the last request of a state.
func asked(ctx context.Context, state store.State) (r request, revision uint64, err error) {
	e, err := state.Get(ctx, askedKey)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return r, 0, nil
	case err == nil:
		err = json.Unmarshal(e.Value, &r)
	}
	if err != nil {
		err = fmt.Errorf("app: requests to reload: %w", err)
	}
	return r, e.Revision, err
}

// ask puts a request into a state, and returns its number.
func ask(ctx context.Context, state store.State) (int64, error) {
	for {
		r, revision, err := asked(ctx, state)
		if err != nil {
			return 0, err
		}
		r.Number++
		value, err := json.Marshal(r)
		if err == nil {
			_, err = state.Swap(ctx, askedKey, value, revision, 0)
		}
		if errors.Is(err, store.ErrConflict) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("app: the request to reload: %w", err)
		}
		return r.Number, nil
	}
}

func answersOf(number int64) string { return answerPrefix + strconv.FormatInt(number, 10) + "/" }

// reply answers a request in the name of this process.
func reply(ctx context.Context, state store.State, number int64, a answer) error {
	host, _ := os.Hostname() // only to tell processes apart
	value, err := json.Marshal(a)
	if err == nil {
		_, err = state.Put(ctx, answersOf(number)+fmt.Sprintf("%x-%d", host, os.Getpid()), value, answerKept)
	}
	if err != nil {
		return fmt.Errorf("app: the answer to a request to reload: %w", err)
	}
	return nil
}

// answers are those to a request.
func answers(ctx context.Context, state store.State, number int64) (all []answer, err error) {
	const most = 1000
	entries, err := state.List(ctx, answersOf(number), "", most)
	if err != nil {
		return nil, fmt.Errorf("app: answers: %w", err)
	}
	for _, e := range entries {
		var a answer
		if err := json.Unmarshal(e.Value, &a); err != nil {
			return nil, fmt.Errorf("app: answers: %w", err)
		}
		all = append(all, a)
	}
	return all, nil
}

// ReloadCommand has a running bot read its configuration file again.
type ReloadCommand struct {
	Place
	Timeout time.Duration `default:"30s" help:"How long to wait for the answer. 等待时间。"`
	JSON    bool          `name:"json" help:"Print JSON. 输出 JSON。"`
}

// Run asks, and prints what the bot answers.
func (cmd *ReloadCommand) Run(c Console) (err error) {
	dir, cluster, err := cmd.Find(c)
	if err != nil {
		return err // the bot would say the same of its file
	}
	back, err := OpenBeside(c.Ctx, dir, cluster)
	if err != nil {
		return err
	}
	shared := cluster != nil
	defer func() { err = errors.Join(err, back.Close()) }()
	number, err := ask(c.Ctx, back.State())
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Ctx, cmd.Timeout)
	defer cancel()
	for more := shared; ; {
		all, err := answers(ctx, back.State(), number)
		if err != nil && ctx.Err() == nil {
			return err
		}
		if len(all) > 0 && !more {
			return cmd.print(c, all)
		}
		more = more && len(all) == 0 // once one has answered, the other processes have the time of a look
		select {
		case <-ctx.Done():
			if len(all) > 0 {
				return cmd.print(c, all)
			}
			return errors.New("app: no bot has answered: is it running, and with this store?")
		case <-time.After(cmd.every(shared)):
		}
	}
}

// every is the time between two looks.
func (cmd *ReloadCommand) every(shared bool) time.Duration {
	if shared {
		return askEvery + time.Second
	}
	return askEvery / 10
}

// print prints what the bots have answered, in JSON a list with an item for each process.
func (cmd *ReloadCommand) print(c Console, all []answer) error {
	ok := true
	for _, a := range all {
		for _, line := range a.Lines {
			if !cmd.JSON {
				c.tell("%s", line)
			}
		}
		ok = ok && a.OK
	}
	if cmd.JSON {
		if err := printJSON(c, all); err != nil {
			return err
		}
	}
	if !ok {
		c.say("not reloaded: what was read before holds")
		return SaidError{}
	}
	return nil
}
