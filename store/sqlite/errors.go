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
	// ErrLocked means that another process uses the file.
	ErrLocked = errors.New("sqlite: the file is in use")
	// ErrCorrupt means that the file is damaged.
	ErrCorrupt = errors.New("sqlite: the file is damaged")
	// ErrLost means that acknowledged changes are missing: the log was truncated or changed, or the
	// file is an older copy. Open returns it together with ErrCorrupt.
	ErrLost = errors.New("sqlite: the store has lost what it had stored")
	// ErrGone means that the file, its log or its index was deleted or replaced while the store was
	// open. The store accepts no further changes.
	ErrGone = errors.New("sqlite: the file was removed under the store")
	// ErrNewer means that the file was written by a newer version of this module.
	ErrNewer = errors.New("sqlite: the file is of a newer version")
	// ErrMaintenance is returned by Lease of a store that was opened with Config.Maintenance.
	ErrMaintenance = errors.New("sqlite: opened for maintenance: this store hands out no work")
)

// explain maps an error of SQLite to an error of the store contract, with advice for the operator.
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
		return fmt.Errorf("sqlite: %s: there is no room left, and nothing was stored: free some space on the disk: %w (%w)",
			path, store.ErrFull, err)
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return corrupt(path, err)
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return fmt.Errorf("sqlite: %s: another process keeps it locked: close the program that has it open, "+
			"such as sqlite3 in a transaction: %w (%w)", path, store.ErrUnavailable, err)
	case lib.SQLITE_IOERR, lib.SQLITE_CANTOPEN, lib.SQLITE_READONLY, lib.SQLITE_PERM:
		return fmt.Errorf("sqlite: %s: the disk or the file permissions deny access: %w (%w)", path, store.ErrUnavailable, err)
	default:
		return fmt.Errorf("sqlite: %s: %w", path, err)
	}
}

func corrupt(path string, why error) error {
	return fmt.Errorf("%w: %s: stop the bot, keep a copy of the file, and put the last backup (hongyan backup) in its place, "+
		"or save what can be read with: sqlite3 %s .recover (%w)", ErrCorrupt, path, path, why)
}

// code returns the primary SQLite result code of an error, or 0 if it has none.
func code(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}
