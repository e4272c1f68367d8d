package main

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/mdp/qrterminal/v3"

	"github.com/hongyan-go/hongyan/api"
	"github.com/hongyan-go/hongyan/internal/login"
	"github.com/hongyan-go/hongyan/internal/phrase"
)

// loginCmd logs an account in.
type loginCmd struct {
	accountFlags
	Region      string `help:"Code of the account's home province; a wrong one prints the list. Default: that of the last login."`
	Device      string `enum:"ipad,mac," default:"" help:"ipad (first choice) or mac. Default: that of the last login."`
	Proxy       string `help:"Your own proxy, socks5://user:password@host:port; better: set HONGYAN_PROXY."`
	PNG         string `name:"png" type:"path" help:"Also write the QR code to this file, which only you can read."`
	Dialog      bool   `help:"Ask on the phone first, without a scan; a QR code if that does not work."`
	Captcha     bool   `default:"true" negatable:"" help:"Ask here for the number that the phone may show."`
	NewDevice   bool   `help:"Make another device: for a second account, or if the service has lost the first."`
	AutoSliding bool   `help:"Let the service solve the slider of a Mac."`
	Reconnect   bool   `help:"Try to mend the session first: for an account that is online and gets no messages."`
}

// Help describes the login.
func (loginCmd) Help() string {
	return "Scan the code with the account's phone. The device (appId) is remembered in the data directory, and used again at the next\n" +
		"login. A code that is not scanned is drawn once more; then the command ends. Several devices for one account invite risk\n" +
		"control: --new-device is for a second account. docs/en/login.md describes the rest."
}

// Run logs in.
func (cmd *loginCmd) Run(c console) (err error) {
	if err := cmd.checkRegion(); err != nil {
		return err
	}
	a, err := cmd.open(c, true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	flow, err := login.New(login.Config{Client: a.client, State: a.store.State(), Now: c.time, Sleep: c.sleep})
	if err != nil {
		return err
	}
	if cmd.Proxy == "" {
		cmd.Proxy, _ = c.lookup()("HONGYAN_PROXY")
	}
	appID := cmd.AppID
	if known := a.settings.Accounts; appID == "" && !cmd.NewDevice && len(known) == 1 {
		appID = known[0].AppID
	}
	session, err := flow.Start(c.ctx, login.Request{
		AppID: appID, NewDevice: cmd.NewDevice, RegionID: cmd.Region, Type: api.DeviceType(cmd.Device), ProxyIP: cmd.Proxy,
		Dialog: cmd.Dialog, AutoSliding: cmd.AutoSliding, Reconnect: cmd.Reconnect,
	})
	switch {
	case errors.Is(err, login.ErrRegion):
		return phrase.Errorf("%w: --region CODE\n%s", err, regions())
	case errors.Is(err, login.ErrChoose):
		return phrase.Errorf("name one with --app-id, or add an account with --new-device: %w", err)
	case err != nil:
		return err
	}
	if cmd.PNG != "" {
		defer func() { err = errors.Join(err, removeIfThere(cmd.PNG)) }()
	}
	return cmd.follow(c, session)
}

// follow prints what happens until the login ends.
func (cmd *loginCmd) follow(c console, session *login.Attempt) error {
	keys := bufio.NewReader(c.in)
	for {
		event, err := session.Next(c.ctx)
		if err != nil {
			return phrase.Errorf("login: stopped; the device is remembered: %w", err)
		}
		if end, ok := event.(login.Final); ok {
			return cmd.end(c, end)
		}
		switch e := event.(type) {
		case login.QRCode:
			if e.Again {
				c.say("The code has expired; this is the last one.")
			}
			if err := cmd.draw(c, e); err != nil {
				return err
			}
			c.say("Scan it with the account's phone, within %v.", e.ExpiresIn.Round(time.Second))
		case login.DialogAsked:
			c.say("Confirm the login on the phone.")
		case login.DialogFailed:
			c.say("The dialog does not work now, scan instead (%v).", e.Err)
		case login.Scanned:
			c.say("%s has scanned it; confirm on the phone.", e.Nickname)
		case login.NeedCaptcha:
			cmd.askNumber(c, keys, session, e)
		case login.NeedVerification:
			c.say("WeChat wants a verification: open this page with the vendor's app, then confirm on the phone.")
			if err := cmd.draw(c, e.Code); err != nil {
				return err
			}
		case login.NeedSlider:
			c.say("WeChat wants a slider moved: let the service do it? Type y, or open this page with the vendor's Android app " +
				"and press Enter.")
			if err := cmd.draw(c, e.Code); err != nil {
				return err
			}
			if strings.EqualFold(readLine(keys), "y") {
				session.AutoSlide()
			}
		}
	}
}

// askNumber asks for the number of the phone. An empty line, or no keyboard, means that there is
// none.
func (cmd *loginCmd) askNumber(c console, keys *bufio.Reader, session *login.Attempt, e login.NeedCaptcha) {
	switch {
	case e.Wrong:
		c.say("That number was not right.")
	case !cmd.Captcha:
		return
	}
	c.say("Does the phone show a number? Type it here; if not, confirm there and press Enter.")
	session.Captcha(readLine(keys))
}

// readLine reads a line; the end of the input is an empty one.
func readLine(r *bufio.Reader) string {
	line, _ := r.ReadString('\n')
	return strings.TrimSpace(line)
}

// quietZone is the light border of a code, in modules.
const quietZone = 2

// draw shows a code in the terminal, and writes it to the file of --png.
func (cmd *loginCmd) draw(c console, code login.QRCode) error {
	qrterminal.GenerateWithConfig(code.Data, qrterminal.Config{
		Level: qrterminal.M, Writer: c.errOut, HalfBlocks: true, QuietZone: quietZone,
		BlackChar: qrterminal.BLACK_BLACK, WhiteBlackChar: qrterminal.WHITE_BLACK,
		WhiteChar: qrterminal.WHITE_WHITE, BlackWhiteChar: qrterminal.BLACK_WHITE,
	})
	if size := code.Width() + 2*quietZone; c.screen != nil && c.screen.width() < size {
		c.say("This window is too narrow for the code: make it at least %d columns wide, or add --png FILE.", size)
	}
	if cmd.PNG == "" {
		return nil
	}
	png, err := code.PNG()
	if err != nil {
		return err
	}
	if err := writePrivate(cmd.PNG, png); err != nil {
		return err
	}
	c.say("The code is in %s as well.", cmd.PNG)
	return nil
}

// writePrivate writes the picture of a code to a new file: others might be able to read an existing
// one, and a link might lead anywhere.
func writePrivate(path string, png []byte) error {
	if err := removeIfThere(path); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // who logs in says where
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	_, err = file.Write(png)
	if err = errors.Join(err, file.Close()); err != nil {
		return fmt.Errorf("login: %w", err)
	}
	return nil
}

// removeIfThere deletes the picture of a code, which allows anyone to log in.
func removeIfThere(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return phrase.Errorf("login: the picture of the code could not be removed: %w", err)
	}
	return nil
}

// end prints how the login ended, and what to do next.
func (cmd *loginCmd) end(c console, end login.Final) error {
	switch e := end.(type) {
	case login.Confirmed:
		if e.Previous != "" {
			c.say("Note: this device belonged to %s before.", e.Previous)
		}
		if e.Unsaved != nil {
			c.say("Note the appId %s yourself: %v.", e.Device.AppID, e.Unsaved)
		}
		return cmd.print(c, e.Device, func() error {
			c.tell("Logged in: %s (%s), appId %s.", e.Device.Nickname, e.Device.Wxid, e.Device.AppID)
			if e.Device.First.Equal(e.Device.Last) {
				c.tell("A new device is thrown out once in the coming night: then run hongyan login again, with the same device.")
			}
			c.tell("Next: hongyan callback set URL")
			return nil
		})
	case login.Online:
		return cmd.print(c, e.Device, func() error {
			if e.Reconnected {
				c.tell("The session is mended: appId %s.", e.Device.AppID)
				return nil
			}
			c.tell("Already online: appId %s. If no messages come: hongyan login --reconnect.", e.Device.AppID)
			return nil
		})
	case login.Expired:
		return errors.New("login: the login was not confirmed in time; " +
			"run hongyan login again when the phone is at hand: the device is remembered")
	case login.Cancelled:
		return errors.New("login: cancelled on the phone; the device is remembered")
	case login.Failed:
		return phrase.Errorf("%w (docs/en/login.md, --new-device only if nothing else helps)", e.Err)
	}
	return nil
}

// checkRegion replaces the name of a region by its code, and refuses an unknown one.
func (cmd *loginCmd) checkRegion() error {
	if cmd.Region == "" {
		return nil
	}
	for _, r := range api.Regions() {
		if cmd.Region == r.ID {
			return nil
		}
		if strings.EqualFold(cmd.Region, r.EN) || cmd.Region == r.ZH {
			cmd.Region = r.ID
			return nil
		}
	}
	return phrase.Errorf("login: %q is no region: use a code or a name of\n%s", cmd.Region, regions())
}

func regions() string {
	var b strings.Builder
	for _, r := range api.Regions() {
		fmt.Fprintf(&b, "  %s %s %s\n", r.ID, r.EN, r.ZH)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// logoutCmd ends a session.
type logoutCmd struct {
	accountFlags
}

// Run logs out.
func (cmd *logoutCmd) Run(c console) error {
	return cmd.with(c, func(a *account) error {
		if err := a.client.Login.Logout(c.ctx, a.appID); err != nil {
			return err
		}
		return cmd.print(c, map[string]any{"appId": a.appID, "online": false}, func() error {
			c.tell("Logged out: appId %s. The device is remembered: hongyan login uses it again.", a.appID)
			return nil
		})
	})
}
