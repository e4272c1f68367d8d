package media

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName bounds a name in bytes: every common file system takes as much, with a suffix against doubles.
const MaxName = 180

// maxExt bounds an extension that is kept when a name is cut, in bytes with its dot.
const maxExt = 17

// SafeName makes a name for the disk of a name that a stranger chose. It is one element of a path on every system: no separators, nothing hidden, no
// device of Windows, nothing that cannot be seen or that turns the direction of writing, not longer than MaxName. The extension survives. If nothing is left, it
// is fallback, made safe as well.
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

// safeRune is a rune as a name may have it; -1 leaves it out.
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

// trimName takes away what hides a name, what a program would take for an option or a home directory, and what Windows does.
func trimName(name string) string {
	name = strings.TrimLeft(name, ". -~")
	return strings.TrimRight(name, ". ")
}

// cut shortens a name to MaxName, at the end of a rune and before its extension.
func cut(name string) string {
	if len(name) <= MaxName {
		return name
	}
	ext := path.Ext(name)
	if len(ext) > maxExt {
		ext = ""
	}
	end := MaxName - len(ext)
	for end > 0 && !utf8.RuneStart(name[end]) {
		end--
	}
	return strings.TrimRight(name[:end], ". ") + ext
}

// isDevice tells whether Windows takes a name for a device, whatever its extension.
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
