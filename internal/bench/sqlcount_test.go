package bench_test

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"modernc.org/libc"
	sqlite "modernc.org/sqlite/lib"

	"github.com/hongyan-go/hongyan/store"
)

// counts counts what SQLite does in this process. It asks SQLite itself, so the store has no hook
// for it: each flush of a file passes the VFS, and each statement the trace of its connection.
var counts struct{ flushes, statements atomic.Int64 }

// flusher is a store that flushes its file without SQLite, and counts how often.
type flusher interface{ Flushes() int64 }

// flushes returns how often the process has waited for the disk.
func flushes(back store.Store) int64 {
	n := counts.flushes.Load()
	if f, ok := back.(flusher); ok {
		n += f.Flushes()
	}
	return n
}

// install begins to count. It must be called before the first connection is opened.
var install = sync.OnceFunc(func() {
	tls := libc.NewTLS()
	defer tls.Close()
	sqlite.Xsqlite3_initialize(tls)
	original := sqlite.Xsqlite3_vfs_find(tls, 0)
	size := libc.Tsize_t(unsafe.Sizeof(sqlite.Tsqlite3_vfs{}))
	counting := libc.Xmalloc(tls, size)
	libc.Xmemcpy(tls, counting, original, size)
	vfs := at[sqlite.Tsqlite3_vfs](counting)
	open := vfs.FxOpen
	name, err := libc.CString("counting")
	if err != nil {
		panic(err)
	}
	vfs.FzName, vfs.FpNext = name, 0
	vfs.FxOpen = pointerTo(func(tls *libc.TLS, _, name, file uintptr, flags int32, outFlags uintptr) int32 {
		rc := call[func(*libc.TLS, uintptr, uintptr, uintptr, int32, uintptr) int32](open)(tls, original, name, file, flags, outFlags)
		if f := at[sqlite.Tsqlite3_file](file); f.FpMethods != 0 {
			f.FpMethods = countingMethods(tls, f.FpMethods)
		}
		return rc
	})
	sqlite.Xsqlite3_vfs_register(tls, counting, 1)
	sqlite.Xsqlite3_auto_extension(tls, pointerTo(func(tls *libc.TLS, db, _, _ uintptr) int32 {
		return sqlite.Xsqlite3_trace_v2(tls, db, sqlite.SQLITE_TRACE_STMT, traced, 0)
	}))
})

// traced counts a statement that begins.
var traced = pointerTo(func(_ *libc.TLS, _ uint32, _, _, _ uintptr) int32 {
	counts.statements.Add(1)
	return sqlite.SQLITE_OK
})

// methods has the counting methods of each kind of file, by the address of the original ones.
var methods struct {
	sync.Mutex
	counting map[uintptr]uintptr
}

func countingMethods(tls *libc.TLS, original uintptr) uintptr {
	methods.Lock()
	defer methods.Unlock()
	if known := methods.counting[original]; known != 0 {
		return known
	}
	size := libc.Tsize_t(unsafe.Sizeof(sqlite.Tsqlite3_io_methods{}))
	counting := libc.Xmalloc(tls, size)
	libc.Xmemcpy(tls, counting, original, size)
	m := at[sqlite.Tsqlite3_io_methods](counting)
	flush := m.FxSync
	m.FxSync = pointerTo(func(tls *libc.TLS, file uintptr, flags int32) int32 {
		counts.flushes.Add(1)
		return call[func(*libc.TLS, uintptr, int32) int32](flush)(tls, file, flags)
	})
	if methods.counting == nil {
		methods.counting = map[uintptr]uintptr{}
	}
	methods.counting[original] = counting
	return counting
}

// kept keeps the functions that SQLite points to from the garbage collector.
var kept struct {
	sync.Mutex
	functions []any
}

// pointerTo returns the function as SQLite, translated to Go, calls it: the address of its closure.
func pointerTo[F any](f F) uintptr {
	kept.Lock()
	defer kept.Unlock()
	kept.functions = append(kept.functions, &f)
	return *(*uintptr)(unsafe.Pointer(&f))
}

// call returns the function behind such an address.
func call[F any](address uintptr) F { return *(*F)(unsafe.Pointer(&address)) }

// at returns what SQLite has at an address. Its memory does not move.
func at[T any](address uintptr) *T { return *(**T)(unsafe.Pointer(&address)) }
