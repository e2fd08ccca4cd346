"""Cooperatives, companies, supermarkets, departments: who they are, who belongs to them, who vouched for them."""
