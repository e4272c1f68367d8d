// Package browser has the tests of the pages in a real browser. It is a module of its own, so that
// programs that use Hongyan do not get its dependencies.
package browser
