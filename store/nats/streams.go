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

// The parts of a store. Each is a stream.
const (
	partInbox  = "inbox"
	partWork   = "work" // members, partitions and dead letters
	partLedger = "ledger"
	partState  = "state"
	partLog    = "log"
)

func parts() []string { return []string{partInbox, partWork, partLedger, partState, partLog} }

// metaPartitions is the metadata key of the number of partitions of an inbox, which must not
// change.
const metaPartitions = "hongyan.partitions"

// open creates or upgrades the stream of a part, and returns its bucket.
func (c *cluster) open(ctx context.Context, part string, config Config) (*bucket, error) {
	name := c.stream(part)
	var stream jetstream.Stream
	err := retry(ctx, callTimeout, func(ctx context.Context, _ bool) error {
		var err error
		stream, err = c.js.Stream(ctx, name)
		if errors.Is(err, nats.ErrNoResponders) {
			return jetstream.ErrJetStreamNotEnabled
		}
		if errors.Is(err, jetstream.ErrStreamNotFound) {
			stream, err = c.js.CreateStream(ctx, c.wanted(part, config))
			if errors.Is(err, jetstream.ErrStreamNameAlreadyInUse) {
				return errTryAgain // another process was faster, with other settings
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
	want, err := c.upgrade(part, stream.CachedInfo(), config)
	if err != nil {
		return nil, err
	}
	if want != nil {
		c.logger.Info("upgrading a stream", zap.String("stream", name))
		err = retry(ctx, callTimeout, func(ctx context.Context, _ bool) error {
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

// wanted returns the configuration of a new stream.
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

		AllowAtomicPublish: true, // for group, and for a dead letter with the progress of its partition
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
			partitions = defaultPartitions
		}
		s.Metadata[metaPartitions] = strconv.Itoa(partitions)
	case partLog:
		s.AllowMsgTTL, s.Duplicates = true, idsKept
		s.Discard = jetstream.DiscardOld
	default:
		s.MaxMsgsPerSubject = 1
		s.Discard = jetstream.DiscardOld // only old revisions of a subject: there is no other limit
	}
	return s
}

// upgrade compares a stream with what it should be. It returns the configuration to apply, or nil
// if nothing has to change. Differences that an operator has to resolve are an error.
func (c *cluster) upgrade(part string, info *jetstream.StreamInfo, config Config) (*jetstream.StreamConfig, error) {
	have, want := info.Config, c.wanted(part, config)
	if err := checkOwn(have, want); err != nil {
		return nil, err
	}
	if err := keepReplicas(have, &want, config); err != nil {
		return nil, err
	}
	if part == partInbox {
		if err := checkPartitions(have, config); err != nil {
			return nil, err
		}
		if err := checkSize(info, config); err != nil {
			return nil, err
		}
	}
	return changeOf(have, want), nil
}

// refused is the error for a stream that an operator has to change or remove.
func refused(have jetstream.StreamConfig, format string, args ...any) error {
	return fmt.Errorf("nats: the stream %s %s", have.Name, fmt.Sprintf(format, args...))
}

// checkOwn refuses a stream that was not made by a bot, or whose settings could lose messages.
func checkOwn(have, want jetstream.StreamConfig) error {
	switch {
	case !slices.Equal(have.Subjects, want.Subjects):
		return refused(have, "has the subjects %v and not %v: it belongs to something else, choose another Prefix",
			have.Subjects, want.Subjects)
	case have.Retention != want.Retention || have.Storage != want.Storage || restricted(have) || derived(have):
		return refused(have, "was made with other settings than the bot's (limits retention, file storage, no sealing, no mirror): "+
			"move it away, or choose another Prefix")
	case have.PersistMode == jetstream.AsyncPersistMode:
		return refused(have, "persists asynchronously, which loses acknowledged messages: move it away, or choose another Prefix")
	}
	return nil
}

// restricted reports whether a stream denies something that a store has to do.
func restricted(s jetstream.StreamConfig) bool {
	return s.Sealed || s.DenyDelete || s.DenyPurge || s.NoAck || s.MaxMsgs > 0 || s.MaxConsumers > 0
}

// derived reports whether a stream takes messages from others, or changes their subjects.
func derived(s jetstream.StreamConfig) bool {
	return s.Mirror != nil || len(s.Sources) > 0 || s.SubjectTransform != nil
}

// keepReplicas never lowers the number of replicas: 0 in the configuration keeps what the stream
// has.
func keepReplicas(have jetstream.StreamConfig, want *jetstream.StreamConfig, config Config) error {
	if config.Replicas == 0 {
		want.Replicas = have.Replicas
	}
	if want.Replicas < have.Replicas {
		return refused(have, "has %d replicas and the configuration asks for %d: lowering gives up safety, do it with `nats "+
			"stream edit` if you mean it",
			have.Replicas, config.Replicas)
	}
	return nil
}

// checkPartitions refuses another number of partitions than the inbox has: it cannot change.
func checkPartitions(have jetstream.StreamConfig, config Config) error {
	partitions := have.Metadata[metaPartitions]
	if config.Partitions > 0 && strconv.Itoa(config.Partitions) != partitions {
		return refused(have, "has %s partitions and the configuration asks for %d: the order of conversations depends on that number, "+
			"so keep it, or drain the inbox and delete the stream", partitions, config.Partitions)
	}
	if n, err := strconv.Atoi(partitions); err != nil || n < 1 || n > maxPartitions {
		return refused(have, "does not say how many partitions it has: it was not made by a bot")
	}
	return nil
}

// checkSize refuses a limit below what the inbox already holds.
func checkSize(info *jetstream.StreamInfo, config Config) error {
	have := info.Config
	if config.MaxBytes < have.MaxBytes && uint64(config.MaxBytes) < info.State.Bytes { //nolint:gosec // not negative
		return refused(have, "holds %d bytes and the configuration allows %d: raise MaxBytes", info.State.Bytes, config.MaxBytes)
	}
	return nil
}

// changeOf returns have with the settings of want that matter, or nil if they already agree. Other
// settings, such as the description, stay as they are.
func changeOf(have, want jetstream.StreamConfig) *jetstream.StreamConfig {
	if want.MaxBytes == 0 {
		want.MaxBytes = have.MaxBytes
	}
	atomic := have.AllowAtomicPublish || !want.AllowAtomicPublish
	if have.Replicas == want.Replicas && have.MaxBytes == want.MaxBytes && have.MaxAge == 0 && have.Discard == want.Discard &&
		max(have.MaxMsgsPerSubject, 0) == want.MaxMsgsPerSubject && !have.AllowDirect && atomic {
		return nil
	}
	change := have
	change.Replicas, change.MaxBytes, change.MaxAge = want.Replicas, want.MaxBytes, 0
	change.Discard, change.MaxMsgsPerSubject = want.Discard, want.MaxMsgsPerSubject
	change.AllowDirect, change.AllowAtomicPublish = false, want.AllowAtomicPublish
	return &change
}

// partitionsOf returns the number of partitions of an open inbox.
func partitionsOf(inbox *bucket) int {
	n, _ := strconv.Atoi(inbox.stream.CachedInfo().Config.Metadata[metaPartitions])
	return n
}
