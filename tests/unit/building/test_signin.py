from __future__ import annotations

from podium.tools.building.signin import find_form, signed_in, ways_to_form
from tests.unit.building.pages import a_button, a_field, a_form, a_link, a_page


def test_the_user_is_the_nearest_text_field_before_the_password() -> None:
    search = a_field("Search the site", form="s", kind="search", role="searchbox")
    shop = a_field("Shop", form="f")
    user = a_field("Member number", form="f")
    password = a_field("Secret word", form="f", kind="password")
    show = a_button("Show password", form="f", kind="button")
    forgot = a_link("Forgot password?", "/forgot")
    submit = a_button("Enter", form="f")
    page = a_page(search, shop, user, password, show, forgot, submit)

    form = find_form(page)

    assert form is not None
    assert (form.user, form.password, form.submit) == (user, password, submit)


def test_the_registration_form_of_the_same_page_is_not_taken() -> None:
    new_mail = a_field("E-mail", form="new", kind="email")
    new_password = a_field("Password", form="new", kind="password")
    again = a_field("Repeat password", form="new", kind="password")
    join = a_button("Create account", form="new")
    mail = a_field("E-mail", form="old", kind="email")
    password = a_field("Password", form="old", kind="password")
    enter = a_button("Log in", form="old")
    page = a_page(new_mail, new_password, again, join, mail, password, enter)

    form = find_form(page)

    assert form is not None
    assert form.password == password
    assert form.submit == enter


def test_a_form_that_asks_for_the_user_first_is_a_first_half() -> None:
    user = a_field("User name", form="f", name="login")
    advance = a_button("Continue", form="f")
    page = a_page(user, advance, title="Sign in - Library", headings=("Sign in",))

    form = find_form(page)

    assert form is not None
    assert form.first_half
    assert form.submit == advance


def test_a_newsletter_box_is_no_sign_in_form() -> None:
    mail = a_field("Your e-mail", form="f", kind="email")
    page = a_page(mail, a_button("Subscribe", form="f"), headings=("Welcome to our shop",))

    assert find_form(page) is None


def test_without_a_button_enter_submits() -> None:
    user, password = a_field("Name"), a_field("Password", kind="password")
    form = find_form(a_page(user, password, forms=(a_form(user, password),)))

    assert form is not None
    assert form.submit is None


def test_a_way_to_sign_out_without_a_password_means_signed_in() -> None:
    assert signed_in(a_page(a_link("Abmelden", "/raus")))
    assert signed_in(a_page(a_link("Bye", "/auth/logout")))
    assert not signed_in(a_page(a_link("Log out", "/x"), a_field("Password", kind="password")))
    assert not signed_in(a_page(a_link("Log in", "/login")))


def test_the_sign_in_link_leads_and_registration_and_other_sites_do_not() -> None:
    own = a_link("Sign in", "/session/new")
    other = a_link("Sign in with Example", "https://id.example/login")
    page = a_page(a_link("Register", "/register"), other, own, a_link("Log out", "/logout"))

    assert ways_to_form(page)[0] == own
