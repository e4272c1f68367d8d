package sqlite

import (
	"context"
	"errors"
	"fmt"

	driver "modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"github.com/hongyan-go/hongyan/store"
)

// The errors of Open. ErrCorrupt can also come later, from any call that reads a damaged page.
var (
	// ErrLocked means that a bot works on the file.
	ErrLocked = errors.New("sqlite: the file is in use")
	// ErrCorrupt means that the file is damaged.
	ErrCorrupt = errors.New("sqlite: the file is damaged")
	// ErrLost means that what was promised is not there: the log was cut or changed, or the file is an older one. Open returns it, with ErrCorrupt.
	ErrLost = errors.New("sqlite: the store has lost what it had stored")
	// ErrGone means that the file, or a part of it, was deleted or replaced while the store worked on it. Nothing is stored any more then.
	ErrGone = errors.New("sqlite: the file was removed under the store")
	// ErrNewer means that a newer version of this module has written the file.
	ErrNewer = errors.New("sqlite: the file is of a newer version")
	// ErrMaintenance means that a store that was opened for maintenance hands out no work.
	ErrMaintenance = errors.New("sqlite: opened for maintenance, beside the bot that works on the file: it hands out no work")
)

// explain says what an error of SQLite means for a person, and which error of the contract it is.
func explain(path string, err error) error {
	var e *driver.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &e):
		for _, known := range []error{
			ErrLocked, ErrGone, ErrCorrupt, ErrNewer, ErrMaintenance, store.ErrFull, store.ErrUnavailable, store.ErrClosed,
			context.Canceled, context.DeadlineExceeded,
		} {
			if errors.Is(err, known) {
				return err
			}
		}
		return fmt.Errorf("sqlite: %s: %w", path, err)
	}
	switch e.Code() & 0xff {
	case lib.SQLITE_FULL:
		return fmt.Errorf("sqlite: %s: there is no room left, and nothing was stored: free some space on the disk: %w (%w)", path, store.ErrFull, err)
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return corrupt(path, err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fmt.Errorf("sqlite: %s: another process keeps it locked: end what has it open, such as sqlite3 in a transaction: %w (%w)",
			path, store.ErrUnavailable, err)
	case lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return fmt.Errorf("sqlite: %s: the disk or its permissions refuse: %w (%w)", path, store.ErrUnavailable, err)
	default:
		return fmt.Errorf("sqlite: %s: %w", path, err)
	}
}

func corrupt(path string, why error) error {
	return fmt.Errorf("%w: %s: stop the bot, keep a copy of the file, and put the last backup (hongyan backup) in its place, "+
		"or save what can be read with: sqlite3 %s .recover (%w)", ErrCorrupt, path, path, why)
}

// code is the primary result code of SQLite in an error; 0 if there is none.
func code(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}
