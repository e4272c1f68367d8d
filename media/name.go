package media

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName limits a name in bytes: every common file system allows that much plus a suffix such as "
// (2)".
const maxName = 180

// maxExt limits the extension that is kept when a name is cut, in bytes including the dot.
const maxExt = 17

// SafeName makes the name of a file, or of a folder, of an untrusted name. The result is a single
// path element on every system: it has no separators, leading dots, Windows device names, invisible
// characters or direction overrides, and is at most 180 bytes long. The extension is kept. If
// nothing is left, the result is fallback, sanitised as well.
func SafeName(name, fallback string) string {
	if safe := safeName(name); safe != "" {
		return safe
	}
	if safe := safeName(fallback); safe != "" {
		return safe
	}
	return "file"
}

func safeName(name string) string {
	name = trimName(strings.Map(safeRune, strings.ToValidUTF8(name, "")))
	if isDevice(name) {
		name = "_" + name
	}
	return trimName(cut(name))
}

// safeRune maps a rune to one that is allowed in a name; -1 drops it.
func safeRune(r rune) rune {
	switch {
	case strings.ContainsRune(`/\:*?"<>|`, r):
		return '_'
	case unicode.IsSpace(r) && !unicode.IsControl(r):
		return ' '
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Cs, unicode.Co, unicode.Zl, unicode.Zp), r == utf8.RuneError:
		return -1
	}
	return r
}

// trimName removes leading characters that hide a file or that programs take for an option or a
// home directory, and trailing ones that Windows removes.
func trimName(name string) string {
	name = strings.TrimLeft(name, ". -~")
	return strings.TrimRight(name, ". ")
}

// cut shortens a name to maxName bytes at a rune boundary, and keeps its extension.
func cut(name string) string {
	if len(name) <= maxName {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > maxExt {
		ext = ""
	}
	end := maxName - len(ext)
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return strings.TrimRight(name[:end], ". ") + ext
}

// isDevice reports whether Windows treats a name as a device, regardless of its extension.
func isDevice(name string) bool {
	base, _, _ := strings.Cut(name, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$":
		return true
	}
	number, ok := strings.CutPrefix(base, "COM")
	if !ok {
		number, ok = strings.CutPrefix(base, "LPT")
	}
	return ok && utf8.RuneCountInString(number) == 1 && strings.ContainsAny(number, "0123456789¹²³")
}
