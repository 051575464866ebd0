"""The portal's words: pools of wordings, one of which each seed takes. Seed 0 takes the first."""

from __future__ import annotations

import random
from collections.abc import Mapping

from podium.server.portal.german import GERMAN_POOLS, GERMAN_STATUS_SETS

Pools = Mapping[str, tuple[str, ...]]

INVOICE_MEANINGS = ("open", "paid", "overdue", "disputed")

# Words of one set belong together; a set of three has no disputed invoices.
STATUS_SETS: tuple[tuple[str, ...], ...] = (
    ("Open", "Paid", "Overdue"),
    ("Outstanding", "Settled", "Past due", "Disputed"),
    ("Unpaid", "Paid", "Late", "On hold"),
    ("Awaiting payment", "Payment received", "Overdue"),
    ("Due", "Cleared", "In arrears", "Contested"),
    ("Pending", "Closed", "Overdue", "In dispute"),
)

ENGLISH_POOLS: Pools = {
    "brand": ("Alder & Finch Supply", "Harbour Trade", "Kestrel Partners", "Millbrook Wholesale"),
    "tagline": ("Supplier portal", "Partner portal", "Trade account", "Business centre"),
    "sign_in": ("Sign in", "Log in", "Login", "Access your account"),
    "sign_in_button": ("Sign in", "Log in", "Continue", "Enter portal"),
    "sign_out": ("Sign out", "Log out", "Log off", "Leave"),
    "username": ("Username", "User ID", "Login name", "Account name", "E-mail address"),
    "password": ("Password", "Passphrase", "Your password", "Secret word"),
    "remember": ("Keep me signed in", "Remember me", "Trust this computer"),
    "forgotten": ("Forgot your password?", "Trouble signing in?", "Need help?"),
    "forgotten_text": (
        "Please call your account manager to have it changed.",
        "Our service desk resets it on working days.",
    ),
    "sign_in_wrong": (
        "Wrong username or password. Please try again.",
        "The details you entered are incorrect.",
        "Invalid credentials. Check your entry and try again.",
        "We could not sign you in with this password.",
    ),
    "sign_in_locked": (
        "This account is locked after too many failed attempts. Please contact support.",
        "Too many wrong attempts: your account has been locked.",
    ),
    "signed_out": (
        "You have been signed out.",
        "You are now logged out.",
        "Goodbye, see you soon.",
    ),
    "home": ("Dashboard", "Home", "Overview", "Start"),
    "welcome": ("Welcome back", "Good to see you", "Hello"),
    "invoices": ("Invoices", "Bills", "Billing", "My invoices", "Invoice list", "Invoice archive"),
    "invoice": ("Invoice", "Bill", "Billing document"),
    "invoice_settings": ("Invoice settings", "Billing preferences", "Invoice delivery options"),
    "payments": ("Payments", "Remittances", "Payment history", "Transfers"),
    "documents": ("Documents", "Files", "Library", "Downloads", "Document centre"),
    "catalogue": ("Catalogue", "Products", "Shop", "Price list", "Product range"),
    "tickets": ("Tickets", "Support requests", "Help desk", "Service cases", "Enquiries"),
    "ticket": ("Ticket", "Request", "Case", "Enquiry"),
    "new_ticket": ("New ticket", "Create request", "Open a case", "Contact support"),
    "profile": ("Company profile", "My account", "Master data", "Account details"),
    "group_finance": ("Finance", "Accounting", "Money matters"),
    "group_goods": ("Goods", "Trade", "Resources"),
    "group_help": ("Help", "Service", "Contact"),
    "news_1": (
        "From January, price lists are published on the first working day of each quarter.",
        "Please note our new bank details on all documents issued after 1 December.",
    ),
    "news_2": (
        "Spring range: samples can be ordered until the end of the month.",
        "The warehouse is closed for stocktaking on 30 December.",
    ),
    "announcements": ("Announcements", "News", "Notices", "What's new"),
    "recent": ("Latest invoices", "Recent activity", "Newest bills"),
    "total_open": ("Open amount", "Balance due", "To be paid"),
    "count_invoices": ("Invoices this year", "Billing documents", "Bills on file"),
    "count_documents": ("Documents on file", "Shared files"),
    "show_all": ("Show all", "View all", "See everything"),
    "col_number": ("Number", "Invoice no.", "Reference", "Document no.", "Invoice #"),
    "col_party": ("Customer", "Client", "Supplier", "Vendor", "Company"),
    "col_issued": ("Issue date", "Invoice date", "Date", "Issued on", "Billed"),
    "col_due": ("Due date", "Payable by", "Due", "Payment deadline"),
    "col_amount": ("Amount", "Total", "Invoice total", "Sum", "Gross amount"),
    "col_status": ("Status", "State", "Payment status", "Progress"),
    "col_actions": ("Actions", "Options", "File"),
    "all": ("All", "Any", "Everything", "Show all"),
    "filter": ("Filter", "Apply", "Show", "Update list"),
    "details": ("Details", "View", "Open", "Show"),
    "csv": ("Download CSV", "CSV", "Export CSV", "Save as CSV", "CSV file"),
    "pdf": ("Download PDF", "PDF", "Original (PDF)", "Print version (PDF)"),
    "next": ("Next", "Next page", "Forward", "Older"),
    "previous": ("Previous", "Previous page", "Back", "Newer"),
    "pages": ("Pages", "Pagination", "Page navigation"),
    "results": ("results", "entries", "records", "items"),
    "nothing": ("Nothing found.", "No entries match.", "No results."),
    "back": ("Back to the list", "Return to overview", "Up to the list"),
    "terms": ("Payment terms", "Terms", "Conditions"),
    "order_no": ("Purchase order", "Order number", "Your reference"),
    "contact": ("Contact person", "Clerk", "Handled by"),
    "items": ("Items", "Line items", "Positions"),
    "col_article": ("Article", "Item", "Description"),
    "col_quantity": ("Quantity", "Qty", "Units"),
    "col_unit_price": ("Unit price", "Price each", "Rate"),
    "col_line_total": ("Line total", "Subtotal", "Line amount"),
    "dispute": ("Dispute", "Raise objection", "Query this bill"),
    "disputed": ("Your objection has been recorded.", "Thank you, we will look into it."),
    "col_file": ("Name", "File name", "Document"),
    "col_size": ("Size", "File size"),
    "col_modified": ("Last changed", "Modified", "Updated"),
    "folders": ("Folders", "Sections", "Collections"),
    "files": ("Files", "Documents here", "Contents"),
    "download": ("Download", "Save", "Get file"),
    "empty_folder": ("There are no files in this folder.", "No files here; choose a folder."),
    "breadcrumb": ("Breadcrumb", "You are here", "Path"),
    "col_sku": ("SKU", "Item code", "Article no.", "Product code"),
    "col_name": ("Product", "Name", "Item", "Title"),
    "col_price": ("Price", "Unit price", "Net price", "List price"),
    "col_stock": ("Stock", "Available", "On hand", "In stock"),
    "search": ("Search products", "Find a product", "Search the range", "Keyword"),
    "search_button": ("Search", "Find", "Go"),
    "loading": ("Loading products…", "Please wait…", "Fetching the range…"),
    "wait": ("Loading…", "One moment, please…", "Please wait…"),
    "load_more": ("Load more", "Show more", "More products"),
    "no_script": ("This page needs JavaScript.",),
    "sold_out": ("Sold out", "None", "On back order"),
    "subject": ("Subject", "Topic", "Title", "Short description"),
    "category": ("Category", "Area", "Type of request", "Department"),
    "priority": ("Priority", "Urgency", "Importance"),
    "message": ("Message", "Description", "Your text", "Details of your request"),
    "copy": ("Send me a copy by e-mail", "E-mail me a confirmation", "Copy to my mailbox"),
    "choose": ("Please choose", "Select…", "-- none --"),
    "submit_ticket": ("Submit ticket", "Send request", "Submit", "Send"),
    "cancel": ("Cancel", "Discard", "Never mind"),
    "ticket_created": (
        "Thank you. Your ticket has been created.",
        "We have received your request.",
        "Your case is now open.",
    ),
    "ticket_number": ("Ticket number", "Case number", "Reference"),
    "missing_fields": (
        "Please correct the following:",
        "The form could not be sent:",
        "Some entries are missing:",
    ),
    "missing": ("is required", "must not be empty", "is missing"),
    "category_billing": ("Billing", "Invoices and payments", "Accounts"),
    "category_delivery": ("Delivery", "Shipping", "Logistics"),
    "category_product": ("Product question", "Goods", "Merchandise"),
    "category_technical": ("Technical problem", "Website", "IT"),
    "priority_low": ("Low", "Can wait", "Minor"),
    "priority_normal": ("Normal", "Standard", "Medium"),
    "priority_high": ("High", "Urgent", "Critical"),
    "frequency": ("Delivery frequency", "Notify me", "Send invoices"),
    "frequency_daily": ("Daily", "Every day"),
    "frequency_weekly": ("Weekly", "Every week"),
    "frequency_monthly": ("Monthly", "Every month"),
    "invoice_email": ("E-mail for invoices", "Billing e-mail", "Send to"),
    "save": ("Save", "Save changes", "Apply changes"),
    "saved": ("Your settings have been saved.", "Changes stored."),
    "col_paid_on": ("Paid on", "Received", "Booked"),
    "company": ("Company", "Legal name", "Organisation"),
    "address": ("Address", "Registered office"),
    "tax_number": ("VAT number", "Tax ID"),
    "not_found": ("Page not found", "Nothing here"),
    "not_found_text": ("The page you asked for does not exist.", "This address leads nowhere."),
    "expired": ("The form has expired", "Please try again"),
    "expired_text": ("Go back, reload the page and send the form again.",),
    "cookie_text": (
        "We use cookies to keep you signed in and to measure how the portal is used.",
        "This site stores cookies on your device.",
    ),
    "cookie_accept": ("Accept all", "Agree", "OK, got it"),
    "cookie_reject": ("Only necessary", "Decline", "Reject"),
    "overlay_title": ("Planned maintenance", "Important notice", "New opening hours"),
    "overlay_text": (
        "On Sunday between 02:00 and 04:00 the portal is not available.",
        "Our service desk is closed on the first Monday of each month.",
    ),
    "overlay_close": ("Close", "Dismiss", "Understood"),
    "folder_contracts": ("Contracts", "Agreements", "Legal"),
    "folder_certificates": ("Certificates", "Compliance", "Quality"),
    "folder_prices": ("Price lists", "Tariffs", "Conditions"),
    "folder_current": ("2026", "Current", "Valid"),
    "folder_past": ("2025", "Archive", "Superseded"),
    "doc_framework": ("Framework agreement", "Master contract"),
    "doc_annex": ("Annex A", "Side letter"),
    "doc_terms": ("General terms", "Terms of trade"),
    "doc_quality": ("ISO 9001 certificate", "Quality certificate"),
    "doc_safety": ("Safety data sheet", "Hazard statement"),
    "doc_prices": ("Price list", "Tariff table"),
    "doc_rebates": ("Rebate scale", "Discount table"),
    "doc_readme": ("Read me first", "About these files"),
}


def choose_words(seed: int, *, german: bool) -> dict[str, str]:
    """Return one wording per key; the same seed always takes the same."""
    pools = GERMAN_POOLS if german else ENGLISH_POOLS
    rng = random.Random(f"words:{seed}")
    return {key: _choose(rng, pools[key], seed) for key in ENGLISH_POOLS}


def choose_statuses(seed: int, *, german: bool) -> dict[str, str]:
    """Return the shown status word of each meaning that this portal knows."""
    sets = GERMAN_STATUS_SETS if german else STATUS_SETS
    words = sets[0] if seed == 0 else random.Random(f"statuses:{seed}").choice(sets)
    return dict(zip(INVOICE_MEANINGS, words, strict=False))


def _choose(rng: random.Random, pool: tuple[str, ...], seed: int) -> str:
    return pool[0] if seed == 0 else rng.choice(pool)
