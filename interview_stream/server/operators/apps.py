"""Registers the operators' pages, whose templates replace some of Django's."""

from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "interview_stream.server.operators"
    label = "operators"
