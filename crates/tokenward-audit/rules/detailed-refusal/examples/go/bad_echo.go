package auth

import (
	"github.com/golang-jwt/jwt/v5"
	"github.com/labstack/echo/v4"
)

func guard(c echo.Context, raw string) error {
	_, err := jwt.Parse(raw, key)
	if err != nil {
		return c.JSON(401, map[string]string{"error": err.Error()}) // finding: medium
	}
	return nil
}
