// Package bot puts a bot together: it receives the callbacks, keeps them in an inbox, takes each
// through the routes in a lane of its conversation, and sends what the handlers say.
//
//	b := bot.Must(bot.FromEnv())
//	b.Text(func(c *router.Context, m *xmlmsg.Text) error {
//		return c.Reply(m.Body)
//	}, match.Private())
//	bot.Main(b)
package bot
