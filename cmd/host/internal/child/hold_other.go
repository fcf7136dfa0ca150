//go:build !linux

package child

import "errors"

func hold([]byte) (string, error) { return "", errors.ErrUnsupported }
