"""Django's admin over the shop's orders, as its documentation would have it, without a login."""

from __future__ import annotations

import sys
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings

_address = urlsplit(sys.argv[1])
settings.configure(
    SECRET_KEY="of the benchmark alone",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
    STATIC_URL="static/",
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _address.path.lstrip("/"),
            "USER": _address.username or "",
            "HOST": parse_qs(_address.query).get("host", [_address.hostname or ""])[0],
            "PORT": str(_address.port or ""),
            "OPTIONS": {"pool": True},
        }
    },
)
django.setup()

from django.contrib import admin  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.urls import path  # noqa: E402
from serve import serve  # noqa: E402


class Customer(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.TextField()

    class Meta:
        app_label = "admin"
        managed = False
        db_table = "customers"

    def __str__(self) -> str:
        return str(self.name)


class Order(models.Model):
    id = models.BigIntegerField(primary_key=True)
    number = models.CharField(max_length=16)
    customer = models.ForeignKey(Customer, models.DO_NOTHING, null=True)
    status = models.CharField(
        max_length=20,
        choices=[
            (name, name) for name in ("pending", "paid", "packed", "sent", "delivered", "failed", "cancelled")
        ],
    )
    channel = models.CharField(
        max_length=20, choices=[(name, name) for name in ("web", "app", "phone", "sales_rep")]
    )
    total = models.DecimalField(max_digits=12, decimal_places=2)
    placed_at = models.DateTimeField()
    note = models.TextField(null=True)

    class Meta:
        app_label = "admin"
        managed = False
        db_table = "orders"

    def __str__(self) -> str:
        return str(self.number)


class Open(admin.AdminSite):
    def has_permission(self, request: object) -> bool:
        return True


class OrderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("number", "customer", "status", "total", "placed_at", "note")
    list_select_related = ("customer",)
    list_filter = ("status", "channel")
    search_fields = ("number", "note")
    ordering = ("-placed_at",)
    list_per_page = 25

    def has_view_permission(self, request: object, obj: object = None) -> bool:
        return True

    has_change_permission = has_delete_permission = has_add_permission = has_module_permission = (
        has_view_permission
    )


site = Open()
site.register(Order, OrderAdmin)
urlpatterns = [path("admin/", site.urls)]
serve(get_asgi_application())
