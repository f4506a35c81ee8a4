"""A schema as a set of lines, read from PostgreSQL itself: two databases are alike or they differ."""

from tests.release import figures

_QUERIES = {
    "column": """
        SELECT concat_ws(' ', relname || '.' || attname, format_type(atttypid, atttypmod),
                         attnotnull, attidentity, attgenerated, pg_get_expr(adbin, adrelid))
          FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
          LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
           AND attnum > 0 AND NOT attisdropped""",
    "constraint": """
        SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid, true))
          FROM pg_constraint WHERE connamespace = 'public'::regnamespace""",
    "index": "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "trigger": """
        SELECT pg_get_triggerdef(pg_trigger.oid)
          FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
         WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal""",
    "function": """
        SELECT concat_ws(' ', pg_get_functiondef(oid), proacl)
          FROM pg_proc WHERE pronamespace = 'public'::regnamespace""",
    "policy": """
        SELECT concat_ws(' ', tablename, policyname, permissive, roles, cmd, qual, with_check)
          FROM pg_policies WHERE schemaname = 'public'""",
    "table": """
        SELECT concat_ws(' ', relname, relkind, pg_get_userbyid(relowner),
                         relrowsecurity, relforcerowsecurity)
          FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind <> 'i'""",
    "grant": """
        SELECT concat_ws(' ', relname, grantee::regrole, privilege_type, is_grantable)
          FROM pg_class, aclexplode(coalesce(relacl, acldefault('r', relowner)))
         WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm')""",
    "sequence grant": """
        SELECT concat_ws(' ', relname, grantee::regrole, privilege_type, is_grantable)
          FROM pg_class, aclexplode(coalesce(relacl, acldefault('s', relowner)))
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'S'""",
    "grant to come": """
        SELECT concat_ws(' ', defaclrole::regrole, defaclobjtype, defaclacl) FROM pg_default_acl""",
    "schema": """
        SELECT concat_ws(' ', pg_get_userbyid(nspowner), grantee::regrole, privilege_type)
          FROM pg_namespace, aclexplode(nspacl) WHERE nspname = 'public'""",
    "migration": "SELECT version_num FROM alembic_version",
}


def described(owner_url: str) -> set[str]:
    """Return everything of the schema that the application or its laws could notice."""
    with figures.connect(owner_url) as connection:
        return {
            f"{kind}: {' '.join(str(line).split())}"
            for kind, query in _QUERIES.items()
            for (line,) in connection.execute(query)
        }
