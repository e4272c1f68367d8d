package nats

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/zap"
)

// The parts of a store, each a stream.
const (
	partInbox  = "inbox"
	partWork   = "work" // members, partitions and dead letters
	partLedger = "ledger"
	partState  = "state"
)

func parts() []string { return []string{partInbox, partWork, partLedger, partState} }

// metaPartitions is where the inbox keeps the number of its partitions, which must not change.
const metaPartitions = "hongyan.partitions"

// open makes a stream what it has to be, and its bucket.
func (c *cluster) open(ctx context.Context, part string, config Config) (*bucket, error) {
	name := c.stream(part)
	var stream jetstream.Stream
	err := again(ctx, patience, func(ctx context.Context, _ bool) error {
		var err error
		stream, err = c.js.Stream(ctx, name)
		if errors.Is(err, nats.ErrNoResponders) {
			return jetstream.ErrJetStreamNotEnabled
		}
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = c.js.CreateStream(ctx, c.wanted(part, config))
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
				return errNotYet // another process was quicker, with other settings
			}
		}
		return err
	})
	if errors.Is(err, jetstream.ErrJetStreamNotEnabled) || errors.Is(err, jetstream.ErrJetStreamNotEnabledForAccount) {
		return nil, fmt.Errorf("nats: the server has no JetStream for this account: add a jetstream block to its configuration: %w", err)
	}
	if err != nil {
		return nil, c.explain("open the stream "+name, "$JS.API.STREAM.CREATE."+name, err)
	}
	want, err := c.upgraded(part, stream.CachedInfo(), config)
	if err != nil {
		return nil, err
	}
	if want != nil {
		c.logger.Info("upgrading a stream", zap.String("stream", name))
		err = again(ctx, patience, func(ctx context.Context, _ bool) error {
			var err error
			stream, err = c.js.UpdateStream(ctx, *want)
			return err
		})
		if err != nil {
			return nil, c.explain("upgrade the stream "+name, "$JS.API.STREAM.UPDATE."+name, err)
		}
	}
	return &bucket{cluster: c, name: name, stream: stream}, nil
}

// wanted is how a stream is made.
func (c *cluster) wanted(part string, config Config) jetstream.StreamConfig {
	s := jetstream.StreamConfig{
		Name:        c.stream(part),
		Description: "hongyan " + part,
		Subjects:    []string{c.prefix + "." + part + ".>"},
		Retention:   jetstream.LimitsPolicy,
		Storage:     jetstream.FileStorage,
		Discard:     jetstream.DiscardNew,
		Replicas:    config.Replicas,
		Metadata:    map[string]string{},
	}
	if s.Replicas == 0 {
		s.Replicas = 1
		if c.conn.ConnectedClusterName() != "" {
			s.Replicas = 3
		}
	}
	switch part {
	case partInbox:
		s.MaxBytes = config.MaxBytes
		partitions := config.Partitions
		if partitions == 0 {
			partitions = DefaultPartitions
		}
		s.Metadata[metaPartitions] = strconv.Itoa(partitions)
	case partWork:
		s.AllowAtomicPublish = true // a dead letter and the progress of its partition are one write
		fallthrough
	default:
		s.MaxMsgsPerSubject = 1
		s.Discard = jetstream.DiscardOld // the old revision of the same subject: there is no other limit
	}
	return s
}

// upgraded compares a stream with what it should be. It returns what to change, nil for nothing, and an error for what nobody but a person may change.
func (c *cluster) upgraded(part string, info *jetstream.StreamInfo, config Config) (*jetstream.StreamConfig, error) {
	have, want := info.Config, c.wanted(part, config)
	refuse := func(format string, args ...any) (*jetstream.StreamConfig, error) {
		return nil, fmt.Errorf("nats: the stream %s %s", have.Name, fmt.Sprintf(format, args...))
	}
	switch {
	case !slices.Equal(have.Subjects, want.Subjects):
		return refuse("has the subjects %v and not %v: it belongs to something else, take another Prefix", have.Subjects, want.Subjects)
	case have.Retention != want.Retention || have.Storage != want.Storage || have.Sealed || have.DenyDelete || have.DenyPurge || have.NoAck || have.Mirror != nil ||
		len(have.Sources) > 0 || have.SubjectTransform != nil || have.MaxMsgs > 0 || have.MaxConsumers > 0:
		return refuse("was made with other settings than the bot's (limits retention, file storage, no sealing, no mirror): move it away, or take another Prefix")
	case have.PersistMode == jetstream.AsyncPersistMode:
		return refuse("persists asynchronously, which loses acknowledged messages: move it away, or take another Prefix")
	case config.Replicas > 0 && config.Replicas < have.Replicas:
		return refuse("has %d replicas and the configuration asks for %d: lowering gives up safety, do it with `nats stream edit` if you mean it", have.Replicas, config.Replicas)
	}
	if config.Replicas == 0 {
		want.Replicas = have.Replicas
	}
	if part == partInbox {
		partitions := have.Metadata[metaPartitions]
		if config.Partitions > 0 && strconv.Itoa(config.Partitions) != partitions {
			return refuse("has %s partitions and the configuration asks for %d: the order of conversations hangs on that number, leave it, or drain the inbox and delete the stream",
				partitions, config.Partitions)
		}
		want.Metadata[metaPartitions] = partitions
		if n, err := strconv.Atoi(partitions); err != nil || n < 1 || n > MaxPartitions {
			return refuse("does not say how many partitions it has: it was not made by a bot")
		}
		if config.MaxBytes < have.MaxBytes && uint64(config.MaxBytes) < info.State.Bytes { //nolint:gosec // not negative
			return refuse("holds %d bytes and the configuration allows %d: raise MaxBytes", info.State.Bytes, config.MaxBytes)
		}
	}
	same := have.Replicas == want.Replicas && (want.MaxBytes == 0 || have.MaxBytes == want.MaxBytes) && have.MaxAge == 0 && have.Discard == want.Discard &&
		max(have.MaxMsgsPerSubject, 0) == want.MaxMsgsPerSubject && !have.AllowDirect && (have.AllowAtomicPublish || !want.AllowAtomicPublish)
	if same {
		return nil, nil
	}
	change := have
	change.Replicas, change.MaxAge, change.Discard, change.MaxMsgsPerSubject = want.Replicas, 0, want.Discard, want.MaxMsgsPerSubject
	change.AllowDirect, change.AllowAtomicPublish = false, want.AllowAtomicPublish
	if want.MaxBytes > 0 {
		change.MaxBytes = want.MaxBytes
	}
	return &change, nil
}

// partitionsOf is the number of partitions of an inbox that was opened.
func partitionsOf(inbox *bucket) int {
	n, _ := strconv.Atoi(inbox.stream.CachedInfo().Config.Metadata[metaPartitions])
	return n
}
