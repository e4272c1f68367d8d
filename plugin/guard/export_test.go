package guard

// HasQR is for tests: the pictures of the simulator have no QR codes.
var HasQR = hasQR //nolint:gochecknoglobals // for tests
