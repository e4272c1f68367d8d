package site

// Check is check, for mistakes that no document can cause.
var Check = check
