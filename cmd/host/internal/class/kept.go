package class

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"carriles/cmd/host/internal/disk"
)

// MinToken is the least length of a presenter's token: 128 bits take so many random
// letters and digits.
const MinToken = 22

// keptFile is what a class keeps over a restart, below the static folder beside the
// journal, for the server's own user alone. Nothing in .runs/ is served.
const keptFile = ".runs/class.json"

// kept is its content.
type kept struct {
	Token string `json:"token"`
}

// Token is the presenter's token: the one that an earlier server of the static folder
// has made, so that a restart costs nobody the lead of the class, or else a new one,
// which is kept. The folder must be this server's alone (journal.Open).
func Token(static string, log *slog.Logger) (token string, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("what the class of %s keeps: %w", static, err)
		}
	}()
	root, err := os.OpenRoot(static)
	if err != nil {
		return "", err
	}
	defer root.Close()
	var k kept
	data, err := root.ReadFile(keptFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return "", err
	case json.Unmarshal(data, &k) != nil || len(k.Token) < MinToken:
		log.Warn("what the class kept was damaged: the presenter has a new token", "file", keptFile)
	default:
		return k.Token, root.Chmod(keptFile, 0o600) // it may have been copied
	}
	k = kept{Token: rand.Text()} // 130 bits
	return k.Token, k.keep(root)
}

// keep writes the file whole, in place of an older one.
func (k kept) keep(root *os.Root) error {
	data, err := json.Marshal(k)
	if err != nil {
		return err
	}
	const temp = keptFile + ".tmp" // which the journal takes away if it is left over
	if err := root.Remove(temp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := root.WriteFile(temp, append(data, '\n'), 0o600); err != nil {
		return err
	}
	if err := errors.Join(disk.SyncFile(root, temp), root.Rename(temp, keptFile)); err != nil {
		return errors.Join(err, root.Remove(temp))
	}
	return disk.SyncFolder(root, ".runs")
}
