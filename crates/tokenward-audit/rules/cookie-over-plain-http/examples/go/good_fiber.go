package auth

import "github.com/gofiber/fiber/v2"

func login(c *fiber.Ctx, token string) error {
	c.Cookie(&fiber.Cookie{Name: "access_token", Value: token, HTTPOnly: true, Secure: true})
	return c.SendStatus(fiber.StatusNoContent)
}
