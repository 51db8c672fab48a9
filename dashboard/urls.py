"""Addresses of the pages and of logging in and out."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from dashboard import account, views

urlpatterns = [
    path("", views.overview, name="overview"),
    path("versions/", views.versions, name="versions"),
    path("trades.csv", views.trades_file, {"form": "csv"}, name="trades_csv"),
    path("trades.json", views.trades_file, {"form": "json"}, name="trades_json"),
    path("trades/", views.trades, name="trades"),
    path("trade/", views.trade, name="trade"),
    path("journal/", views.journal, name="journal"),
    path("screenshots/<int:number>.webp", views.screenshot, name="screenshot"),
    path("imports/", views.imports, name="imports"),
    path("account/", account.account, name="account"),
    path("account/begin/", account.begin, name="account_begin"),
    path("account/confirm/", account.confirm, name="account_confirm"),
    path("account/change/", account.change, name="account_change"),
    path("account/end-others/", account.end_others, name="account_end_others"),
    path("login/", views.Login.as_view(), name="login"),
    path("login/code/", views.second_factor, name="second_factor"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
