"""Tasks that visitors of the page have made are the system's: colleagues of another company may not read visitors."""


def migrate(cr, version):
    cr.execute(
        """
        UPDATE mail_activity activity
           SET create_uid = 1
          FROM res_users person
         WHERE person.id = activity.create_uid AND person.share AND activity.res_model LIKE 'credit.collection.%'
        """
    )
