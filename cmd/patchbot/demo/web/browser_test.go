package web_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// browser is a tab of Chromium that shows the page. It finds things as a screen reader does, by
// role and name.
type browser struct {
	tb    testing.TB
	ctx   context.Context
	close context.CancelFunc
	host  string

	mu       sync.Mutex
	problems []string // what a person would find in the console
}

// startChromium starts a browser that ends with the test. Without Chromium it skips the test,
// except where the environment variable CI is set: there it fails.
func startChromium(tb testing.TB) context.Context {
	tb.Helper()
	var path string
	err := exec.ErrNotFound
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if err != nil {
			path, err = exec.LookPath(name)
		}
	}
	if err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("this test needs Chromium, and CI may not skip it: %v", err)
		}
		tb.Skipf("this test needs Chromium: %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.WSURLReadTimeout(time.Minute))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	tb.Cleanup(stop)
	ctx, end := chromedp.NewContext(allocator)
	tb.Cleanup(end)
	require.NoError(tb, chromedp.Do(ctx), "start Chromium")
	return ctx
}

// size is that of a window, in pixels, and its colours: "light" or "dark".
type size struct {
	width, height int64
	scheme        string
}

var desktop = size{1440, 900, "light"}

// visit opens an address in a tab of its own and watches what goes wrong in it.
func visit(tb testing.TB, chromium context.Context, address string, in size) *browser {
	tb.Helper()
	u, err := url.Parse(address)
	require.NoError(tb, err)
	ctx, closeTab := chromedp.NewContext(chromium)
	tb.Cleanup(closeTab)
	b := &browser{tb: tb, ctx: ctx, close: closeTab, host: u.Host}
	require.NoError(tb, chromedp.Do(ctx), "open a tab")
	require.NoError(tb, chromedp.Listen(ctx, b.watch))
	b.resize(in)
	b.do("open the page", chromedp.Navigate(address))
	return b
}

func (b *browser) resize(in size) {
	b.tb.Helper()
	b.do("resize the window", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: in.width, Height: in.height, DeviceScaleFactor: 1, Mobile: in.width < 500})
		return err
	}), chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: in.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		return err
	}))
}

// watch notes errors in the console and requests that failed or left the machine.
func (b *browser) watch(event any) {
	var problem string
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			problem = "console: " + fmt.Sprint(e.Type)
			for _, arg := range e.Args {
				problem += " " + string(arg.Value) + arg.Description
			}
		}
	case *runtime.EventExceptionThrown:
		problem = "exception: " + e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			problem = "log: " + e.Entry.Text + " " + e.Entry.URL
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err != nil || u.Scheme != "data" && u.Scheme != "blob" && u.Host != b.host {
			problem = "a request leaves the demo: " + e.Request.URL
		}
	case *network.EventLoadingFailed:
		if !e.Canceled {
			problem = "a request failed: " + e.ErrorText
		}
	case *network.EventResponseReceived:
		if e.Response.Status >= 400 {
			problem = fmt.Sprintf("a request was answered %d: %s", e.Response.Status, e.Response.URL)
		}
	}
	if problem != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.problems = append(b.problems, problem)
	}
}

// sound fails the test if the browser complained of anything.
func (b *browser) sound() {
	b.tb.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	require.Empty(b.tb, b.problems)
}

// do carries out steps, in bounded time.
func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, waitAtMost)
	defer cancel()
	require.NoError(b.tb, chromedp.Do(ctx, steps...), what)
}

// evaluate is the value of a JavaScript expression, or of the promise that it is.
func evaluate[T any](b *browser, expression string) T {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, waitAtMost)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(b.tb, err, expression)
	return value
}

// until waits for a condition, which is tried whenever the page has been drawn.
func (b *browser) until(what string, is func(context.Context) (bool, error)) {
	b.tb.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, waitAtMost)
	defer cancel()
	drawn := chromedp.Evaluate[bool](`new Promise(done => requestAnimationFrame(() => done(true)))`, chromedp.EvalAwaitPromise)
	for {
		yes, err := is(ctx)
		if stale(err) {
			yes, err = false, nil
		}
		if err == nil && !yes {
			if _, err = chromedp.Run(ctx, drawn); stale(err) { // another page came meanwhile
				err = nil
			}
		}
		if err != nil {
			require.Fail(b.tb, "the page never showed: "+what, "%v; it shows:\n%s", err, evaluate[string](b, textOf("body")))
		}
		if yes {
			return
		}
	}
}

// stale reports whether something was asked about a node that the page has just drawn anew.
func stale(err error) bool {
	var e *cdproto.Error
	return errors.As(err, &e) && e.Code == staleNode
}

// staleNode is DevTools' code for a node that is not there, or not drawn.
const staleNode = -32000

// find waits for what has a role and a name, or a name that begins so if it ends in an ellipsis.
// Of several it gives the last.
func (b *browser) find(role, name string) (found *accessibility.Node) {
	b.tb.Helper()
	b.until(fmt.Sprintf("%s %q", role, name), func(ctx context.Context) (bool, error) {
		shown, err := query(ctx, role, name)
		if len(shown) > 0 {
			found = shown[len(shown)-1]
		}
		return found != nil, err
	})
	return found
}

// query finds what has a role and a name now, in the order of the page.
func query(ctx context.Context, role, name string) (shown []*accessibility.Node, err error) {
	document, err := chromedp.Call(ctx, dom.GetDocument, dom.GetDocumentParams{})
	if err != nil {
		return nil, err
	}
	all, err := chromedp.Call(ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{NodeID: document.Root.NodeID, Role: role})
	if err != nil {
		return nil, err
	}
	beginning, cut := strings.CutSuffix(name, "…")
	for _, n := range all.Nodes {
		var full string
		if n.Ignored || n.Name == nil || json.Unmarshal(n.Name.Value, &full) != nil {
			continue
		}
		if full == name || cut && strings.HasPrefix(full, beginning) {
			shown = append(shown, n)
		}
	}
	return shown, nil
}

// shows waits until what a CSS selector finds has this text in it.
func (b *browser) shows(selector, text string) {
	b.tb.Helper()
	b.until(fmt.Sprintf("%q in %s", text, selector), func(ctx context.Context) (bool, error) {
		shown, err := chromedp.Run(ctx, chromedp.Evaluate[string](allTextOf(selector)))
		return strings.Contains(shown, text), err
	})
}

// allTextOf is textOf with what is scrolled out of sight: the page draws no message that nobody sees.
func allTextOf(selector string) string {
	return fmt.Sprintf(`(found => found ? found.innerText + "\n" + found.textContent : "")(document.querySelector(%q))`, selector)
}

func textOf(selector string) string {
	return fmt.Sprintf(`document.querySelector(%q)?.innerText ?? ""`, selector)
}

// click presses what has a role and a name with the mouse, where it is on the screen, once it
// stands still.
func (b *browser) click(role, name string) {
	b.tb.Helper()
	var before [2]float64
	b.until(fmt.Sprintf("%s %q to click", role, name), func(ctx context.Context) (bool, error) {
		found, err := query(ctx, role, name)
		if err != nil || len(found) == 0 {
			return false, err
		}
		x, y, err := center(ctx, found[len(found)-1].BackendDOMNodeID)
		if now := [2]float64{x, y}; err != nil || now != before {
			before = now
			return false, err
		}
		_, err = chromedp.Run(ctx, chromedp.MouseClickXY(x, y))
		return true, err
	})
}

// center scrolls to a node and says where it is in the window.
func center(ctx context.Context, node cdp.BackendNodeID) (x, y float64, err error) {
	if _, err := chromedp.Call(ctx, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: node}); err != nil {
		return 0, 0, err
	}
	box, err := chromedp.Call(ctx, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: node})
	if err != nil {
		return 0, 0, err
	}
	for i := 0; i < len(box.Quads[0]); i += 2 {
		x, y = x+box.Quads[0][i]/4, y+box.Quads[0][i+1]/4
	}
	return x, y, nil
}

// fill types into what has a role and a name.
func (b *browser) fill(role, name, text string) {
	b.tb.Helper()
	b.click(role, name)
	b.do("type "+text, chromedp.KeyEvent(text))
}
