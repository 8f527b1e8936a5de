class PagesController < ApplicationController
  def show
    cookies[:language] = language
    cookies[:csrf_token] = { value: form_token }
  end
end
